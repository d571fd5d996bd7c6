import type { Db } from "mongodb";
import type { Ownership } from "../../lib/accounts/social-account.ts";
import { missingIndexes } from "../create-indexes.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

const CHECK = "indexes";

export async function indexFindings(db: Db, ownership: Ownership): Promise<Finding[]> {
  const missing = await missingIndexes(db, ownership);
  const found =
    missing.length === 0
      ? ok(CHECK, "All are there.")
      : problem(CHECK, `Missing: ${missing.join(", ")}.`, "npm run indexes");
  return [found, ...(await sessionIndex(db))];
}

/** The adapter creates no index: every request of a database session would read the whole collection. */
async function sessionIndex(db: Db): Promise<Finding[]> {
  const sessions = db.collection("sessions");
  if ((await sessions.findOne({}, { projection: { _id: 1 } })) === null) return [];
  const indexes = await sessions.indexes();
  if (indexes.some(({ key }) => Object.keys(key)[0] === "sessionToken")) return [];
  return [
    warning(
      CHECK,
      "sessions has no index on sessionToken, so every signed-in request reads the whole collection.",
      "db.sessions.createIndex({ sessionToken: 1 }, { unique: true })",
    ),
  ];
}
