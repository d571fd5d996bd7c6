import type { Db } from "mongodb";
import { type Finding, ok, warning } from "./finding.ts";

/** Whether the app keeps its users in this database, where an account's owner is looked up. */
export async function contentFindings(db: Db): Promise<Finding[]> {
  const someone = await db.collection("users").findOne({}, { projection: { _id: 1 } });
  if (someone) return [ok("users", `The app's users are in ${db.databaseName}.`)];
  return [
    warning(
      "users",
      `${db.databaseName} has no users: every connection would end in user_not_found.`,
      "name the database that the app's Auth.js adapter writes to, in the connection string or MONGODB_DB",
    ),
  ];
}
