import type { Db, ObjectId } from "mongodb";
import type { Clock } from "../clock.ts";
import type { Platform } from "../platform.ts";
import type { PublishStatus } from "../platform-posting.ts";
import { type Post, posts } from "./post.ts";
import { doubt } from "./results.ts";
import type { PostingServices } from "./services.ts";

export interface News {
  readonly platform: Platform;
  readonly platformAccountId: string;
  readonly publishId: string;
  readonly status: PublishStatus;
}

const UNSETTLED = { $in: ["sending", "uploading", "processing", "in_doubt"] } satisfies { $in: Post["status"][] };

/** `too_early`: a post of that account is being handed over at this moment, and it may be the one. */
export type NewsTaken = "ok" | "unknown_post" | "too_early";

/** Ends a post by what the platform tells of itself. */
export async function settleByNews(
  news: News,
  { db, services, clock }: { db: Db; services: PostingServices; clock: Clock },
): Promise<NewsTaken> {
  const post = (await posts(db).findOne({ publishId: news.publishId })) ?? (await adopted(db, news));
  if (post === "too_early") return post;
  if (!post || post.platformAccountId !== news.platformAccountId) return "unknown_post";
  const { status } = news;
  const fixed = { publishId: news.publishId, updatedAt: clock(), problem: null };
  const isKnownPublished = post.status === "published";
  if (status.kind === "published") {
    const postId = status.postId ?? post.postId;
    const url = postId === null ? null : services[post.platform].link(post, postId, post.author);
    const awaited = status.awaitsPostId && postId === null && { nextTurnAt: post.nextTurnAt ?? clock() };
    await write(db, post, { ...fixed, status: "published", postId, url, ...(awaited || over) }, !awaited);
  } else if (status.kind === "in_inbox" && !isKnownPublished) {
    await write(db, post, { ...fixed, status: "in_inbox", ...over }, true);
  } else if (status.kind === "failed" && !isKnownPublished) {
    await write(db, post, { ...fixed, status: "failed", problem: status.problem, ...over }, true);
  }
  return "ok";
}

const over = { nextTurnAt: null, upload: null, lease: null };

/** With `ends` the turn moves on, so that a worker or message that is under way has nothing to say any more. */
async function write(db: Db, { _id, status }: Post, change: Partial<Post>, ends: boolean): Promise<void> {
  await posts(db).updateOne({ _id, status }, { $set: change, ...(ends && { $inc: { turn: 1 } }) });
}

/** The post whose answer was lost, where there is no other that the unknown id could belong to. */
async function adopted(db: Db, { platform, platformAccountId }: News): Promise<Post | "too_early" | undefined> {
  const candidates = await posts(db)
    .find({ platform, platformAccountId, publishId: null, status: UNSETTLED })
    .limit(2)
    .toArray();
  if (candidates.some(({ status }) => status === "sending")) return "too_early";
  const [only] = candidates;
  return candidates.length === 1 && only?.status === "in_doubt" ? only : undefined;
}

/** Ends a post that is in doubt by what its owner has seen. Undefined when there is no such post in doubt. */
export async function settleByPerson(
  db: Db,
  { userId, postId, outcome }: { userId: ObjectId; postId: ObjectId; outcome: "published" | "not_published" },
  clock: Clock,
): Promise<Post | undefined> {
  const problem = outcome === "published" ? null : doubt("not_published", "You said that it was not posted.");
  const settled = await posts(db).findOneAndUpdate(
    { _id: postId, userId, status: "in_doubt" },
    { $set: { ...over, status: outcome === "published" ? "published" : "failed", problem, updatedAt: clock() } },
    { returnDocument: "after" },
  );
  return settled ?? undefined;
}
