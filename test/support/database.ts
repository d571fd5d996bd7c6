import { type ClientSession, type Db, type Document, MongoClient, MongoServerError, type ObjectId } from "mongodb";
import { afterAll, inject } from "vitest";
import { freshDatabase } from "../../dev/mongo/replica-set.ts";

export interface Stored extends Document {
  _id?: number | string | ObjectId;
}

/** A database for this test file, dropped after it; appName keeps its fail points away from everybody else. */
export async function testDatabase(): Promise<{ client: MongoClient; db: Db; appName: string }> {
  const { uri, name, drop } = await freshDatabase(inject("mongodbUri"), "conformance");
  const client = new MongoClient(uri, { appName: name });
  afterAll(async () => {
    await client.close();
    await drop();
  });
  return { client, db: client.db(name), appName: name };
}

/** What the server refused with. */
export async function refusal(answer: Promise<unknown>): Promise<MongoServerError> {
  const error = await answer.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof MongoServerError) return error;
  throw new Error("The server was expected to refuse", { cause: error });
}

/** Runs steps inside an open transaction, which ends as they leave it, aborted by default. */
export async function inTransaction<T>(client: MongoClient, steps: (session: ClientSession) => Promise<T>): Promise<T> {
  return client.withSession(async (session) => {
    session.startTransaction();
    const result = await steps(session);
    if (session.inTransaction()) await session.abortTransaction();
    return result;
  });
}
