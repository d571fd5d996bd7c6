import type { Publish } from "./publishing.ts";
import type { World } from "./world.ts";

const PULL_SECONDS = 60;

/** Fetches what a PULL_FROM_URL post names, as TikTok does: without following redirects, and after the answer. */
export function pull(publish: Publish, { publishing, settings }: World): void {
  const isVideo = publish.kind === "video" || publish.kind === "draft";
  const failed = isVideo ? "video_pull_failed" : "photo_pull_failed";
  const download = async () => {
    if (!settings.pullsMedia) return undefined;
    for (const url of publish.urls) {
      const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(PULL_SECONDS * 1000) });
      if (!response.ok) return failed;
      for await (const chunk of response.body ?? []) publish.bytes += chunk.byteLength;
      const type = response.headers.get("content-type") ?? "";
      const playable = isVideo ? /^video\/(mp4|webm|quicktime)/ : /^image\/(jpeg|webp)/;
      if (!playable.test(type)) return "file_format_check_failed";
    }
    return undefined;
  };
  download().then(
    (failReason) => publishing.arrived(publish, failReason),
    () => publishing.arrived(publish, failed),
  );
}
