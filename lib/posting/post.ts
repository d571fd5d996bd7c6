import type { Collection, Db, IndexDescription, ObjectId } from "mongodb";
import type { Platform } from "../platform.ts";
import type { Delivery, Media, PostProblem, Upload } from "../platform-posting.ts";

export const POST_STATUSES = [
  "queued",
  /** The one request that posts is under way: found like this by another worker, its answer is lost. */
  "sending",
  "uploading",
  "processing",
  "published",
  /** A draft that the person finishes in the platform's own app. */
  "in_inbox",
  /** Not posted, and surely so: something about it is not allowed. */
  "refused",
  /** Not posted, though it was tried. */
  "failed",
  /** Posted or not: nobody here knows, so it is never sent again. */
  "in_doubt",
] as const;
export type PostStatus = (typeof POST_STATUSES)[number];

/** One post to one account. */
export interface Post {
  _id: ObjectId;
  userId: ObjectId;
  accountId: ObjectId;
  platform: Platform;
  platformAccountId: string;
  idempotencyKey: string;
  requestHash: string;
  text: string;
  media: Media[];
  options: Record<string, unknown>;
  delivery: Delivery;
  status: PostStatus;
  problem: PostProblem | null;
  publishId: string | null;
  postId: string | null;
  url: string | null;
  author: string | null;
  /** The address is sealed: whoever has it can write the video. */
  upload: Upload | null;
  /** Counts the worker's turns: a message that names another one is not for now. */
  turn: number;
  /** Null when there is nothing more to do. */
  nextTurnAt: Date | null;
  lease: { id: string; until: Date } | null;
  /** Turns in a row that came to nothing. */
  failures: number;
  /** Looks at the platform since it accepted the post. */
  looks: number;
  acceptedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

export const posts = (db: Db): Collection<Post> => db.collection("posts");

export const postIndexes: IndexDescription[] = [
  { key: { userId: 1, idempotencyKey: 1, accountId: 1 }, unique: true, name: "user_key_account" },
  { key: { nextTurnAt: 1 }, name: "next_turn" },
  { key: { publishId: 1 }, name: "publish" },
  { key: { platform: 1, platformAccountId: 1, status: 1 }, name: "account_status" },
];
