import { createHash, type Hash, randomBytes } from "node:crypto";
import { after, type Clock } from "../../lib/clock.ts";
import { type Answer, type Endpoint, mediaType } from "./exchange.ts";
import type { FileSource } from "./post-requests.ts";
import type { Publish } from "./publishing.ts";

interface Upload {
  readonly publish: Publish;
  readonly file: FileSource;
  readonly expiresAt: Date;
  hash: Hash;
}

export type Uploads = ReturnType<typeof openUploads>;

const VIDEO_TYPES = ["video/mp4", "video/quicktime", "video/webm"];

export function openUploads(origin: string, clock: Clock, saw: (secret: string) => void) {
  const byToken = new Map<string, Upload>();
  return {
    open(publish: Publish, file: FileSource): string {
      const token = randomBytes(24).toString("base64url");
      saw(token);
      byToken.set(token, { publish, file, expiresAt: after(clock(), 3_600_000), hash: createHash("sha256") });
      return `${origin}/video/?upload_id=${publish.publishId.split(".").at(-1)}&upload_token=${token}`;
    },
    find: (token: string | null): Upload | undefined => byToken.get(token ?? ""),
  };
}

/** `PUT` to an upload URL: chunks strictly in order, each of the announced size, the last with the rest. */
export const upload: Endpoint["act"] = async ({ url, incoming }, world) => {
  const found = world.uploads.find(url.searchParams.get("upload_token"));
  if (!found) return answer(404, "unknown upload");
  if (found.expiresAt <= world.clock()) return answer(403, "upload url expired");
  const { publish, file } = found;
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(incoming.headers["content-range"] ?? "");
  if (!range || incoming.headers.authorization !== undefined || !VIDEO_TYPES.includes(mediaType(incoming)))
    return answer(400, "bad headers");
  const [first = 0, last = 0, total = 0] = range.slice(1).map(Number);
  if (total !== file.video_size || last - first + 1 !== Number(incoming.headers["content-length"]))
    return answer(400, "bad headers");
  if (first !== publish.bytes) return answer(416, "wrong offset", progress(found));
  if (last !== lastByteOfChunk(first, file)) return answer(400, "wrong chunk size");

  const hash = found.hash.copy();
  for await (const chunk of incoming) hash.update(chunk);
  // Another request may have brought the same chunk meanwhile.
  if (first !== publish.bytes) return answer(416, "wrong offset", progress(found));
  found.hash = hash;
  publish.bytes = last + 1;
  if (publish.bytes < total) return answer(206, "ok", progress(found));
  publish.sha256 = hash.digest("hex");
  world.publishing.arrived(publish);
  return answer(201, "ok", progress(found));
};

function lastByteOfChunk(first: number, { video_size, chunk_size, total_chunk_count }: FileSource): number {
  const isLast = first / chunk_size === total_chunk_count - 1;
  return isLast ? video_size - 1 : first + chunk_size - 1;
}

function progress({ publish, file }: Upload): Record<string, string> {
  const received = publish.bytes === 0 ? "*" : `0-${publish.bytes - 1}`;
  return { "content-range": `bytes ${received}/${file.video_size}` };
}

const answer = (status: number, outcome: string, headers?: Record<string, string>): Answer => ({
  status,
  headers,
  body: "",
  outcome,
});
