import type { ClientSession, Db, ObjectId } from "mongodb";
import { users } from "./social-account.ts";

/** Gives the user an empty list where another program has stored null, to which nothing can be added; part of a transaction. */
export async function replaceNullReferences(db: Db, userId: ObjectId, session: ClientSession): Promise<void> {
  // null also finds a list that holds one
  const noList = { socialAccounts: null, "socialAccounts.0": { $exists: false } };
  await users(db).updateOne({ _id: userId, ...noList }, { $set: { socialAccounts: [] } }, { session });
}
