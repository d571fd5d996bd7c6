import * as z from "zod/mini";
import type { MediaFile, PostContent, PostingToken, PublishResult } from "../../platform-posting.ts";
import type { TikTokApp } from "../app.ts";
import { askForData } from "../data-request.ts";
import { TikTokRefused, TikTokUnavailable } from "../errors.ts";
import { failureFor } from "./failures.ts";
import { chunkSizeOf, initRequest } from "./init-request.ts";
import { scopeFor, TikTokOptions } from "./options.ts";
import { PlatformId } from "./platform-id.ts";

const DEADLINE_MS = 20_000;

const Accepted = z.object({ publish_id: PlatformId, upload_url: z.catch(z.optional(z.url()), undefined) });

/** Hands the post to TikTok, which has no way to tell a repetition: an answer that did not arrive leaves the post in doubt. */
export async function publishPost(
  app: TikTokApp,
  content: PostContent,
  file: MediaFile | null,
  { accessToken }: PostingToken,
): Promise<PublishResult> {
  const options = TikTokOptions.parse(content.options);
  const { path, body } = initRequest(content, options, file);
  const asked = { operation: "the post", path, body, accessToken, deadlineMs: DEADLINE_MS, data: Accepted };
  try {
    const { publish_id, upload_url } = await askForData(app, asked);
    if (file && upload_url === undefined) return { kind: "in_doubt", reason: "malformed" };
    const upload = file && { ...file, uploadUrl: upload_url ?? "", chunkSize: chunkSizeOf(file.size), sent: 0 };
    return { kind: "accepted", publishId: publish_id, upload };
  } catch (error) {
    if (mayHavePosted(error)) return { kind: "in_doubt", reason: error.reason };
    if (!file && isAboutTheAddress(error, content)) return { kind: "upload_instead" };
    return failureFor(error, scopeFor(options));
  }
}

/** TikTok reads only from verified https addresses; of videos it takes the bytes as well. */
function isAboutTheAddress(error: unknown, { media: [first] }: PostContent): boolean {
  if (!(error instanceof TikTokRefused) || first?.type !== "video") return false;
  const isPlain = !first.url.startsWith("https:");
  return error.code === "url_ownership_unverified" || (isPlain && /^invalid_params?$/.test(error.code));
}

// a request over the limit is turned away before anything is done with it; a failure may come after
const TURNED_AWAY = new Set(["rate_limit_exceeded", "http_429"]);

const mayHavePosted = (error: unknown): error is TikTokUnavailable =>
  error instanceof TikTokUnavailable && error.mayHaveArrived && !TURNED_AWAY.has(error.reason);
