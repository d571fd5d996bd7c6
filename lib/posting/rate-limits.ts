import type { Collection, Db, IndexDescription, ObjectId } from "mongodb";
import { after, type Clock } from "../clock.ts";
import { isDuplicateKey } from "../mongo/errors.ts";
import type { PostingAct } from "../platform-posting.ts";

/** The latest requests of one kind for one account, newest first. */
interface RecentRequests {
  _id: string;
  at: Date[];
  lastAt: Date;
}

const MINUTE_MS = 60_000;

const recentRequests = (db: Db): Collection<RecentRequests> => db.collection("postlimits");

export const rateLimitIndexes: IndexDescription[] = [
  { key: { lastAt: 1 }, expireAfterSeconds: 600, name: "forgotten" },
];

/** Takes one of an account's requests of this minute, whichever worker asks. Answers 0, or the milliseconds until one is free. */
export async function takeRequest(
  db: Db,
  accountId: ObjectId,
  act: PostingAct,
  perMinute: number,
  clock: Clock,
): Promise<number> {
  const _id = `${accountId.toHexString()} ${act}`;
  const now = clock();
  const oldest = `at.${perMinute - 1}`;
  const taken = await recentRequests(db)
    .updateOne(
      { _id, $or: [{ [oldest]: { $exists: false } }, { [oldest]: { $lte: after(now, -MINUTE_MS) } }] },
      { $push: { at: { $each: [now], $position: 0, $slice: perMinute } }, $set: { lastAt: now } },
      { upsert: true },
    )
    .catch((error: unknown) => {
      if (isDuplicateKey(error)) return undefined; // there is one, and it is full
      throw error;
    });
  if (taken) return 0;
  const recent = await recentRequests(db).findOne({ _id });
  const free = after(recent?.at.at(perMinute - 1) ?? now, MINUTE_MS);
  return Math.max(1_000, free.getTime() - now.getTime());
}
