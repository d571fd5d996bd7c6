import type { ClientSession, Collection, Db, IndexDescription, ObjectId } from "mongodb";
import type { Platform } from "../platform.ts";

/** A pair that is to be ended at the platform, kept until that is confirmed or the pair has expired by itself. */
export interface Revocation {
  _id: ObjectId;
  userId: ObjectId;
  platform: Platform;
  platformAccountId: string;
  accessToken: string;
  refreshToken: string;
  tokenExpiry: Date;
  refreshTokenExpiry: Date | null;
  attempts: number;
  nextAttemptAt: Date;
  createdAt: Date;
}

export const revocations = (db: Db): Collection<Revocation> => db.collection("revocations");

export async function noteRevocation(db: Db, revocation: Revocation, session?: ClientSession): Promise<void> {
  await revocations(db).insertOne(revocation, { session });
}

export const revocationIndexes: IndexDescription[] = [{ key: { nextAttemptAt: 1 }, name: "due" }];
