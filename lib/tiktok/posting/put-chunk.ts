import type { Upload } from "../../platform-posting.ts";
import type { TikTokApp } from "../app.ts";

export type ChunkAnswer =
  /** So many bytes are at TikTok now. */
  | { readonly kind: "at"; readonly sent: number }
  /** The same portion may be sent again. */
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "gone" }
  | { readonly kind: "refused" };

const DEADLINE_MS = 30_000;

/** One portion of a file, with its place in it. The address itself is the permission: no token goes with it. */
export async function putChunk(
  { fetch }: TikTokApp,
  { uploadUrl, size, contentType }: Upload,
  first: number,
  chunk: Uint8Array<ArrayBuffer>,
): Promise<ChunkAnswer> {
  const end = first + chunk.length;
  const response = await fetch(uploadUrl, {
    method: "PUT",
    headers: { "content-type": contentType, "content-range": `bytes ${first}-${end - 1}/${size}` },
    body: chunk,
    redirect: "error",
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).catch(() => undefined);
  if (!response) return { kind: "failed", reason: "upload_cut" };
  if (response.status === 206 || response.status === 201 || response.status === 200) return { kind: "at", sent: end };
  if (response.status === 416) return progressIn(response.headers.get("content-range"));
  if (response.status === 403 || response.status === 404) return { kind: "gone" };
  if (response.status >= 500 || response.status === 429) return { kind: "failed", reason: `http_${response.status}` };
  return { kind: "refused" };
}

/** `bytes 0-N/total`: what TikTok has so far, whatever it was offered; an asterisk when that is nothing. */
function progressIn(contentRange: string | null): ChunkAnswer {
  const [, last] = /^bytes (?:0-(\d+)|\*)\/\d+$/.exec(contentRange ?? "") ?? [];
  return contentRange === null ? { kind: "refused" } : { kind: "at", sent: last === undefined ? 0 : Number(last) + 1 };
}
