import { setTimeout as sleep } from "node:timers/promises";
import type { OpenMedia, Upload, UploadResult, UploadWatch } from "../../platform-posting.ts";
import type { TikTokApp } from "../app.ts";
import { portions } from "./portions.ts";
import { problem } from "./problems.ts";
import { type ChunkAnswer, putChunk } from "./put-chunk.ts";

const TRIES = 8;
const PAUSE_MS = 250;

/** Sends what TikTok does not have yet, in order, one portion in memory at a time, and resumes where TikTok says it is. */
export async function uploadVideo(
  app: TikTokApp,
  open: OpenMedia,
  mediaUrl: string,
  upload: Upload,
  { mayGoOn, onProgress }: UploadWatch,
): Promise<UploadResult> {
  const { size, chunkSize } = upload;
  const media = await open(mediaUrl, upload.sent);
  try {
    if (media.size !== size || media.etag !== upload.etag)
      return refused("media_changed", "The file changed while it was being sent.", "media.0.url");
    const chunks = portions(media.body, chunkSize + (size % chunkSize));
    for (let first = upload.sent; first < size; first = endOf(first, upload)) {
      if (!mayGoOn()) return { kind: "unfinished" };
      const end = endOf(first, upload);
      const chunk = await chunks.take(end - first);
      if (!chunk) return { kind: "not_now", reason: "media_cut" };
      const arrived = await sendChunk(app, upload, first, chunk);
      if (arrived.kind !== "arrived") return arrived;
      await onProgress(arrived.sent);
      if (arrived.sent !== end) return { kind: "unfinished" }; // TikTok is somewhere else: from there with the file opened anew
    }
    return { kind: "arrived" };
  } finally {
    media.close();
  }
}

/** Where the portion ends that begins here: the last one takes the rest with it. */
function endOf(first: number, { size, chunkSize }: Upload): number {
  return first + 2 * chunkSize > size ? size : first + chunkSize;
}

type Sent = { readonly kind: "arrived"; readonly sent: number } | Exclude<UploadResult, { kind: "arrived" }>;

async function sendChunk(app: TikTokApp, upload: Upload, first: number, chunk: Uint8Array<ArrayBuffer>): Promise<Sent> {
  let answer: ChunkAnswer = { kind: "failed", reason: "not_sent" };
  for (let attempt = 0; attempt < TRIES && answer.kind === "failed"; attempt += 1) {
    if (attempt > 0) await sleep(PAUSE_MS * 2 ** (attempt - 1));
    answer = await putChunk(app, upload, first, chunk);
  }
  switch (answer.kind) {
    case "at":
      return { kind: "arrived", sent: answer.sent };
    case "failed":
      return { kind: "not_now", reason: answer.reason };
    case "gone":
      return refused("upload_expired", "The upload took longer than TikTok allows. Nothing was posted: post it again.");
    case "refused":
      return refused("upload_refused", "TikTok did not accept the upload. Nothing was posted.");
  }
}

const refused = (code: string, message: string, field: string | null = null): UploadResult & { kind: "refused" } => ({
  kind: "refused",
  problem: problem(code, field, message),
});
