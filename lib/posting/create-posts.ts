import { type Db, ObjectId } from "mongodb";
import { type SocialAccount, socialAccounts } from "../accounts/social-account.ts";
import type { Clock } from "../clock.ts";
import { sha256 } from "../crypto/digest.ts";
import { isDuplicateKey } from "../mongo/errors.ts";
import type { PostProblem } from "../platform-posting.ts";
import { type Post, posts } from "./post.ts";
import type { PostRequest } from "./post-request.ts";
import type { PostingServices } from "./services.ts";

export type CreationResult =
  | { readonly kind: "created"; readonly posts: readonly Post[] }
  | { readonly kind: "not_found" }
  /** The key was used before, for something else. */
  | { readonly kind: "key_reused" };

/** One post per account, however often and at once the same request comes: a repetition finds the posts that are there. */
export async function createPosts(
  userId: ObjectId,
  request: PostRequest,
  { db, services, clock }: { db: Db; services: PostingServices; clock: Clock },
): Promise<CreationResult> {
  const { idempotencyKey } = request;
  const requestHash = sha256(JSON.stringify(request));
  const known = await postsOf(db, userId, idempotencyKey);
  if (known.some((post) => post.requestHash !== requestHash)) return { kind: "key_reused" };
  if (known.length === request.accountIds.length) return { kind: "created", posts: known };

  const accounts = await socialAccounts(db)
    .find({ _id: { $in: [...request.accountIds] }, userId })
    .toArray();
  const there = new Set(
    [...accounts, ...known.map(({ accountId }) => ({ _id: accountId }))].map(({ _id }) => String(_id)),
  );
  if (there.size < request.accountIds.length) return { kind: "not_found" };
  await Promise.all(
    accounts.map((account) => insertOnce(db, newPost(account, request, requestHash, services, clock()))),
  );
  const created = await postsOf(db, userId, idempotencyKey);
  if (created.every((post) => post.requestHash === requestHash)) return { kind: "created", posts: created };
  await withdraw(db, { userId, idempotencyKey, requestHash });
  return { kind: "key_reused" };
}

/** Takes back what came in beside another request with the same key, while nobody is at it: who is told no must not see it posted. */
async function withdraw(db: Db, own: Pick<Post, "userId" | "idempotencyKey" | "requestHash">): Promise<void> {
  await posts(db).deleteMany({ ...own, turn: 0, lease: null });
}

const postsOf = (db: Db, userId: ObjectId, idempotencyKey: string): Promise<Post[]> =>
  posts(db).find({ userId, idempotencyKey }).sort({ accountId: 1 }).toArray();

/** An upsert that changes nothing: the unique index lets one of many through. */
async function insertOnce(db: Db, { userId, idempotencyKey, accountId, ...post }: Post): Promise<void> {
  await posts(db)
    .updateOne({ userId, idempotencyKey, accountId }, { $setOnInsert: post }, { upsert: true })
    .catch((error: unknown) => {
      if (!isDuplicateKey(error)) throw error;
    });
}

function newPost(
  account: SocialAccount,
  { text, media, options: given, idempotencyKey }: PostRequest,
  requestHash: string,
  services: PostingServices,
  now: Date,
): Post {
  const { platform, platformAccountId, userId, _id: accountId } = account;
  const service = services[platform];
  const options = service.options.parse(given[platform] ?? {});
  const problem = disconnected(account) ?? service.objection({ text, media, options }) ?? null;
  return {
    _id: new ObjectId(),
    ...{ userId, accountId, platform, platformAccountId, idempotencyKey, requestHash },
    ...{ text, media: [...media], options, problem },
    delivery: "link",
    status: problem ? "refused" : "queued",
    nextTurnAt: problem ? null : now,
    ...{ publishId: null, postId: null, url: null, author: null, upload: null, lease: null, acceptedAt: null },
    ...{ turn: 0, failures: 0, looks: 0, createdAt: now, updatedAt: now },
  };
}

function disconnected({ status }: SocialAccount): PostProblem | undefined {
  if (status === "active") return undefined;
  const message = "The connection to this account has ended. Connect it again.";
  return { code: "reconnect", field: "accountIds", message };
}
