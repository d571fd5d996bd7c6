import type { ClientSession, Collection, Db, IndexDescription, ObjectId } from "mongodb";
import type { Platform } from "../platform.ts";
import type { SealedPair, SocialAccount } from "./social-account.ts";

/** A pair that is to be ended at the platform, kept until that is confirmed or the pair has expired by itself. */
export interface Revocation extends SealedPair {
  _id: ObjectId;
  userId: ObjectId;
  platform: Platform;
  platformAccountId: string;
  attempts: number;
  nextAttemptAt: Date;
  createdAt: Date;
}

export const revocations = (db: Db): Collection<Revocation> => db.collection("revocations");

/** The account's pair, to be revoked from now on. */
export const revocationOf = (account: SocialAccount, _id: ObjectId, at: Date): Revocation => ({
  _id,
  userId: account.userId,
  platform: account.platform,
  platformAccountId: account.platformAccountId,
  accessToken: account.accessToken,
  refreshToken: account.refreshToken,
  tokenExpiry: account.tokenExpiry,
  refreshTokenExpiry: account.refreshTokenExpiry,
  attempts: 0,
  nextAttemptAt: at,
  createdAt: at,
});

export async function noteRevocation(db: Db, revocation: Revocation, session?: ClientSession): Promise<void> {
  await revocations(db).insertOne(revocation, { session });
}

export const revocationIndexes: IndexDescription[] = [{ key: { nextAttemptAt: 1 }, name: "due" }];
