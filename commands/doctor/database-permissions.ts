import { type ClientSession, type Collection, ObjectId } from "mongodb";
import type { Database } from "../../lib/mongo/connection.ts";
import { describeError } from "../../lib/observability/describe-error.ts";
import { wantedIndexes } from "../create-indexes.ts";
import { type Finding, ok, problem } from "./finding.ts";

const CHECK = "permissions";
const COLLECTIONS = ["users", ...Object.keys(wantedIndexes("shared"))]; // ours have indexes, each of them

/** Writes to every collection inside transactions that are taken back: nothing stays. */
export async function permissionFindings({ client, db }: Database): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const name of COLLECTIONS) {
    const refusal = await client.withSession((session) => tryToWrite(db.collection(name), session));
    if (refusal !== undefined)
      findings.push(
        problem(
          CHECK,
          `${name} cannot be written in a transaction: ${refusal}`,
          `give the database's user the role readWrite on ${db.databaseName}`,
        ),
      );
  }
  return findings.length > 0 ? findings : [ok(CHECK, "Every collection can be read and written in a transaction.")];
}

async function tryToWrite(collection: Collection, session: ClientSession): Promise<string | undefined> {
  const _id = new ObjectId();
  session.startTransaction();
  const writing = collection
    .findOne({ _id }, { session })
    .then(() =>
      collection.updateOne(
        { _id },
        { $set: { writtenBy: "doctor" } },
        { session, upsert: collection.collectionName !== "users" },
      ),
    )
    .then(() => collection.deleteOne({ _id }, { session }));
  const refusal = await writing.then(
    () => undefined,
    (error: unknown) => describeError(error).message,
  );
  await session.abortTransaction();
  return refusal;
}
