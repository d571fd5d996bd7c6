import type { PublishStatus } from "../platform-posting.ts";
import type { FreshToken } from "../tokens/fresh-token.ts";
import { type HeldPost, type PostingDependencies, serviceOf, type TurnResult } from "./dependencies.ts";
import { takeRequest } from "./rate-limits.ts";
import { again, doubt, ended, inSeconds, untilNextLook } from "./results.ts";
import { withToken } from "./with-token.ts";

const GIVE_UP_MS = 48 * 3_600_000;
const LOOKS_FOR_LINK = 12;

/** Asks how far the platform is, with growing delays, until it is final. */
export async function followPost(post: HeldPost, deps: PostingDependencies): Promise<TurnResult> {
  const { database, clock, random } = deps;
  const { accountId, publishId, acceptedAt } = post;
  const { perMinute } = serviceOf(deps, post);
  if (publishId === null || clock().getTime() - (acceptedAt ?? post.createdAt).getTime() > GIVE_UP_MS)
    return unsettled(post, doubt("no_final_answer", "The platform never said how it ended. Look at the account."));
  const wait = await takeRequest(database.db, accountId, "status", perMinute.status, clock);
  if (wait > 0) return inSeconds(wait / 1000, {});
  const ask = (token: FreshToken) => serviceOf(deps, post).status(post, publishId, token);
  const used = await withToken(accountId, ask, deps);
  if (used.kind === "used") return seen(post, used.result, deps);
  return used.kind === "refused" ? unsettled(post, outOfSight) : again(post, used, random);
}

const outOfSight = doubt(
  "reconnect",
  "The connection to this account ended before it was known how the post did: it may be published or not. Look at the account, and say here which it is.",
);

function seen(post: HeldPost, status: PublishStatus, deps: PostingDependencies): TurnResult {
  const looks = post.looks + 1;
  const nextLook = untilNextLook(looks, deps.random);
  switch (status.kind) {
    case "processing":
      return inSeconds(nextLook, { looks, failures: 0 });
    case "published": {
      const postId = status.postId ?? post.postId;
      const url = postId === null ? null : serviceOf(deps, post).link(post, postId, post.author);
      const change = { status: "published", problem: null, postId, url, looks, failures: 0 } as const;
      const isComplete = !status.awaitsPostId || postId !== null || looks >= LOOKS_FOR_LINK;
      return isComplete ? { change, nextInSeconds: null } : inSeconds(nextLook, change);
    }
    case "in_inbox":
      return ended("in_inbox", null);
    case "failed":
      return ended("failed", status.problem);
    case "unknown":
      return unsettled(post, status.problem);
    case "not_now":
      return again(post, status, deps.random);
  }
}

/** A post that was seen published stays so, whatever else cannot be found out. */
const unsettled = (post: HeldPost, problem: HeldPost["problem"]): TurnResult =>
  post.status === "published" ? { change: {}, nextInSeconds: null } : ended("in_doubt", problem);
