import type { Db, ObjectId } from "mongodb";
import { type SocialAccount, socialAccounts, users } from "./social-account.ts";

export async function userExists(db: Db, userId: ObjectId): Promise<boolean> {
  return (await users(db).findOne({ _id: userId }, { projection: { _id: 1 } })) !== null;
}

/** The user's own accounts, first connected first. */
export function accountsOfUser(db: Db, userId: ObjectId): Promise<SocialAccount[]> {
  return socialAccounts(db).find({ userId }).sort({ createdAt: 1, _id: 1 }).toArray();
}

export async function accountOfUser(db: Db, userId: ObjectId, accountId: ObjectId): Promise<SocialAccount | undefined> {
  return (await socialAccounts(db).findOne({ _id: accountId, userId })) ?? undefined;
}

/** Whether anybody has this account linked alive: ending the authorization at the platform would end it for them too. */
export async function isLinkedAlive(
  db: Db,
  { platform, platformAccountId }: Pick<SocialAccount, "platform" | "platformAccountId">,
): Promise<boolean> {
  const alive = await socialAccounts(db).findOne(
    { platform, platformAccountId, status: { $ne: "revoked" } },
    { projection: { _id: 1 } },
  );
  return alive !== null;
}
