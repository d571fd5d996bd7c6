import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Db, ObjectId } from "mongodb";
import { after } from "../clock.ts";
import { isStorageFailure } from "../mongo/errors.ts";
import { describeError } from "../observability/describe-error.ts";
import type { HeldPost, PostingDependencies, TurnResult } from "./dependencies.ts";
import { type Post, posts } from "./post.ts";

/** Longer than any one exchange with the platform; an upload renews it with each portion. */
const LEASE_MS = 150_000;

/**
 * Holds the post for this turn. Undefined when it is another turn's time, when somebody is at it, or when nothing is left to do: then the
 * message has no more to say.
 */
export async function claimTurn(db: Db, postId: ObjectId, turn: number, now: Date): Promise<HeldPost | undefined> {
  const lease = { id: randomUUID(), until: after(now, LEASE_MS) };
  const isFree = { $or: [{ lease: null }, { "lease.until": { $lte: now } }] };
  const held = await posts(db).findOneAndUpdate(
    { _id: postId, turn, nextTurnAt: { $ne: null }, ...isFree },
    { $set: { lease } },
    { returnDocument: "after" },
  );
  return held ? { ...held, lease } : undefined;
}

/** Another worker has taken over, or the post was settled meanwhile: what this one knows no longer counts. */
export class PostNotHeld extends Error {
  override readonly name = "PostNotHeld";
}

/** Writes in the middle of a turn and renews the lease. Throws PostNotHeld. */
export async function noteProgress(
  { database, clock }: PostingDependencies,
  { _id, lease }: HeldPost,
  change: Partial<Post>,
): Promise<void> {
  const now = clock();
  const { matchedCount } = await posts(database.db).updateOne(
    { _id, "lease.id": lease.id },
    { $set: { ...change, "lease.until": after(now, LEASE_MS), updatedAt: now } },
  );
  if (matchedCount === 0) throw new PostNotHeld("The post is in other hands");
}

const WRITES = 6;
const PAUSE_MS = 150;

/** Asks for the next turn first, then writes: a crash between the two only costs a message that finds nothing to do. */
export async function endTurn(deps: PostingDependencies, post: HeldPost, { change, nextInSeconds }: TurnResult) {
  if (nextInSeconds !== null) await askForNext(deps, post, nextInSeconds);
  const now = deps.clock();
  const nextTurnAt = nextInSeconds === null ? null : after(now, nextInSeconds * 1000);
  const write = () =>
    posts(deps.database.db).updateOne(
      { _id: post._id, "lease.id": post.lease.id },
      { $set: { ...change, nextTurnAt, lease: null, updatedAt: now }, $inc: { turn: 1 } },
    );
  await persisted(write, 1);
}

/** What was learnt in this turn matters more than the message: a post without one is found by those that stalled. */
async function askForNext({ askForTurn, log }: PostingDependencies, { _id, turn }: HeldPost, seconds: number) {
  await askForTurn(_id, turn + 1, seconds).catch((error: unknown) => {
    log.warn("next turn not asked for", { error: describeError(error) });
  });
}

// what the platform answered is known to this process alone until it is written
async function persisted(write: () => Promise<unknown>, attempt: number): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isStorageFailure(error) || attempt >= WRITES) throw error;
    await sleep(PAUSE_MS * 2 ** attempt);
    return persisted(write, attempt + 1);
  }
}
