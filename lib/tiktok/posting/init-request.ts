import type { MediaFile, PostContent } from "../../platform-posting.ts";
import { isDraft, type TikTokOptions } from "./options.ts";

export interface InitRequest {
  readonly path: string;
  readonly body: Record<string, unknown>;
}

const CHUNK_BYTES = 5 * 1024 * 1024; // the least: one portion at a time is what an upload costs in memory

/** The portions a file is sent in: all of this size but the last, which takes the rest with it. TikTok wants 5 to 64 MB. */
export const chunkSizeOf = (size: number): number => Math.min(size, CHUNK_BYTES);

/** The one request that makes TikTok post, by link or, with a file, by upload. */
export function initRequest(content: PostContent, options: TikTokOptions, file: MediaFile | null): InitRequest {
  if (content.media.some(({ type }) => type === "photo")) return photoInit(content, options);
  const source_info = file
    ? {
        source: "FILE_UPLOAD",
        video_size: file.size,
        chunk_size: chunkSizeOf(file.size),
        total_chunk_count: Math.floor(file.size / chunkSizeOf(file.size)),
      }
    : { source: "PULL_FROM_URL", video_url: content.media[0]?.url };
  if (isDraft(options)) return { path: "/v2/post/publish/inbox/video/init/", body: { source_info } };
  const post_info = {
    title: content.text,
    ...choices(options),
    disable_duet: !options.allowDuet,
    disable_stitch: !options.allowStitch,
    video_cover_timestamp_ms: options.coverTimestampMs,
    is_aigc: options.disclosure.aiGenerated,
  };
  return { path: "/v2/post/publish/video/init/", body: { post_info, source_info } };
}

function photoInit({ text, media }: PostContent, options: TikTokOptions): InitRequest {
  return {
    path: "/v2/post/publish/content/init/",
    body: {
      media_type: "PHOTO",
      post_mode: isDraft(options) ? "MEDIA_UPLOAD" : "DIRECT_POST",
      post_info: { description: text, ...(!isDraft(options) && choices(options)) },
      source_info: { source: "PULL_FROM_URL", photo_images: media.map(({ url }) => url), photo_cover_index: 0 },
    },
  };
}

const choices = ({ privacyLevel, allowComment, disclosure }: TikTokOptions) => ({
  privacy_level: privacyLevel,
  disable_comment: !allowComment,
  brand_content_toggle: disclosure.brandedContent,
  brand_organic_toggle: disclosure.ownBrand,
});
