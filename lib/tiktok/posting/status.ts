import * as z from "zod/mini";
import type { PostContent, PostingToken, PublishStatus } from "../../platform-posting.ts";
import type { TikTokApp } from "../app.ts";
import { askForData } from "../data-request.ts";
import { OptionalText } from "../fields.ts";
import { failureFor } from "./failures.ts";
import { scopeFor, TikTokOptions } from "./options.ts";
import { PlatformId } from "./platform-id.ts";
import { problemOf } from "./problems.ts";

const DEADLINE_MS = 8_000;
const EVERYONE = "PUBLIC_TO_EVERYONE";

const Status = z.object({
  status: z.string(),
  fail_reason: OptionalText,
  publicaly_available_post_id: z.catch(z.nullish(z.array(PlatformId)), null), // TikTok's spelling
});

/** Asks how far TikTok is with a post (30 a minute per user token). */
export async function postStatus(
  app: TikTokApp,
  content: PostContent,
  publishId: string,
  { accessToken }: PostingToken,
): Promise<PublishStatus> {
  const options = TikTokOptions.parse(content.options);
  const asked = {
    operation: "the post's status",
    path: "/v2/post/publish/status/fetch/",
    body: { publish_id: publishId },
    accessToken,
    deadlineMs: DEADLINE_MS,
    data: Status,
  };
  try {
    const { status, fail_reason = "internal", publicaly_available_post_id } = await askForData(app, asked);
    if (status === "FAILED") return { kind: "failed", problem: problemOf(fail_reason) };
    if (status === "SEND_TO_USER_INBOX") return { kind: "in_inbox" };
    if (status !== "PUBLISH_COMPLETE") return { kind: "processing" };
    const postId = publicaly_available_post_id?.[0] ?? null;
    return { kind: "published", postId, awaitsPostId: postId === null && options.privacyLevel === EVERYONE };
  } catch (error) {
    const failure = failureFor(error, scopeFor(options));
    return failure.kind === "refused" ? { kind: "unknown", problem: failure.problem } : failure;
  }
}
