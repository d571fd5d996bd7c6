import type { ClientSession, Db, ObjectId } from "mongodb";
import { users } from "./social-account.ts";

/** Gives the user an empty list where another program has stored null, to which nothing can be added; part of a transaction. */
export async function replaceNullReferences(db: Db, userId: ObjectId, session: ClientSession): Promise<void> {
  // null also finds a list that holds one
  const noList = { socialAccounts: null, "socialAccounts.0": { $exists: false } };
  await users(db).updateOne({ _id: userId, ...noList }, { $set: { socialAccounts: [] } }, { session });
}

/** References the account on its user, whatever stands there; part of a transaction. False when there is no such user. */
export async function addReference(
  db: Db,
  userId: ObjectId,
  accountId: ObjectId,
  session: ClientSession,
): Promise<boolean> {
  await replaceNullReferences(db, userId, session);
  const { matchedCount } = await users(db).updateOne(
    { _id: userId },
    { $addToSet: { socialAccounts: accountId } },
    { session },
  );
  return matchedCount === 1;
}
