import type { Db } from "mongodb";
import { type Revocation, revocations } from "./revocations.ts";
import type { SealedPair } from "./social-account.ts";

/** Takes the next attempt, so that nobody else makes it; due again at `nextAttemptAt` by itself. False when somebody else was quicker. */
export async function claimAttempt(db: Db, { _id, attempts }: Revocation, nextAttemptAt: Date): Promise<boolean> {
  const { matchedCount } = await revocations(db).updateOne(
    { _id, attempts },
    { $set: { nextAttemptAt }, $inc: { attempts: 1 } },
  );
  return matchedCount === 1;
}

/** Keeps the pair that the old one was spent for. */
export async function replacePair(db: Db, { _id }: Revocation, pair: SealedPair): Promise<void> {
  await revocations(db).updateOne({ _id }, { $set: pair });
}

export async function forgetRevocation(db: Db, { _id }: Revocation): Promise<void> {
  await revocations(db).deleteOne({ _id });
}

const BATCH = 100;

/** What is to be tried now, longest due first. */
export function dueRevocations(db: Db, now: Date): Promise<Revocation[]> {
  return revocations(db)
    .find({ nextAttemptAt: { $lte: now } })
    .sort({ nextAttemptAt: 1 })
    .limit(BATCH)
    .toArray();
}

export const countRevocations = (db: Db): Promise<number> => revocations(db).countDocuments();
