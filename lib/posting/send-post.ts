import type { PublishResult } from "../platform-posting.ts";
import type { FreshToken } from "../tokens/fresh-token.ts";
import { placeOf } from "../tokens/seal-pair.ts";
import { type HeldPost, type PostingDependencies, serviceOf, type TurnResult } from "./dependencies.ts";
import { noteProgress } from "./held-post.ts";
import { takeRequest } from "./rate-limits.ts";
import { again, doubt, ended, inSeconds, soon, untilNextLook } from "./results.ts";
import { withToken } from "./with-token.ts";

const GIVE_UP_MS = 24 * 3_600_000;

/** Checks the post against what the account may do right now and hands it over. Whatever the end, it is handed over at most once. */
export async function sendPost(post: HeldPost, deps: PostingDependencies): Promise<TurnResult> {
  const { database, clock, random } = deps;
  if (clock().getTime() - post.createdAt.getTime() > GIVE_UP_MS)
    return ended("failed", doubt("gave_up", "The platform could not be reached for a day. Nothing was posted."));
  const { perMinute } = serviceOf(deps, post);
  const wait = await takeRequest(database.db, post.accountId, "creatorOptions", perMinute.creatorOptions, clock);
  if (wait > 0) return inSeconds(wait / 1000, {});
  const used = await withToken(post.accountId, (token) => attempt(post, token, deps), deps);
  if (used.kind === "used") return used.result;
  return used.kind === "refused" ? ended("refused", used.problem) : again(post, used, random, { status: "queued" });
}

async function attempt(post: HeldPost, token: FreshToken, deps: PostingDependencies): Promise<TurnResult> {
  const service = serviceOf(deps, post);
  const checked = await service.check(post, post.delivery, token);
  if (checked.kind === "refused") return ended("refused", checked.problem);
  // a token that the init refused comes here once more: nothing is under way then
  if (checked.kind === "not_now") return again(post, checked, deps.random, { status: "queued" });
  const { database, clock } = deps;
  const wait = await takeRequest(database.db, post.accountId, "publish", service.perMinute.publish, clock);
  if (wait > 0) return inSeconds(wait / 1000, { author: checked.author, status: "queued" });
  await noteProgress(deps, post, { status: "sending", author: checked.author });
  const result = await service.publish(post, checked.file, token);
  return published(post, result, deps);
}

function published(post: HeldPost, result: PublishResult, { cipher, clock, random }: PostingDependencies): TurnResult {
  switch (result.kind) {
    case "accepted": {
      const { publishId, upload } = result;
      const accepted = { publishId, acceptedAt: clock(), failures: 0, looks: 0 };
      if (!upload) return inSeconds(untilNextLook(0, random), { ...accepted, status: "processing" });
      const uploadUrl = cipher.seal(upload.uploadUrl, placeOf(post, "uploadUrl"));
      return soon({ ...accepted, status: "uploading", upload: { ...upload, uploadUrl } });
    }
    case "upload_instead":
      return soon({ status: "queued", delivery: "upload" });
    case "refused":
      return ended("refused", result.problem);
    case "not_now":
      return again(post, result, random, { status: "queued" });
    case "in_doubt":
      return ended("in_doubt", answerLost);
  }
}

/** Sent, and nobody heard whether it arrived. */
export const answerLost = doubt(
  "answer_lost",
  "The post was sent, but the answer was lost: it may be published or not. Look at the account, and say here which it is.",
);
