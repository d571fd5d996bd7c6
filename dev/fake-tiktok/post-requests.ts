import * as z from "zod";

const MAX_BYTES = 4e9;
// Where TikTok's "MB" may mean either, the stricter reading.
const MIN_CHUNK = 5 * 1024 * 1024;
const MAX_CHUNK = 64e6;

const UploadedVideo = z
  .object({
    source: z.literal("FILE_UPLOAD"),
    video_size: z.int().min(1).max(MAX_BYTES),
    chunk_size: z.int().min(1).max(MAX_CHUNK),
    total_chunk_count: z.int().min(1).max(1000),
  })
  .refine(({ video_size, chunk_size }) => chunk_size >= MIN_CHUNK || chunk_size === video_size)
  .refine(({ video_size, total_chunk_count }) => video_size <= MAX_CHUNK || total_chunk_count > 1)
  .refine(({ video_size, chunk_size, total_chunk_count }) => total_chunk_count === Math.floor(video_size / chunk_size));

const MediaUrl = z.url().refine((url) => url.startsWith("https:") || new URL(url).hostname === "127.0.0.1");

const VideoSource = z.discriminatedUnion("source", [
  z.object({ source: z.literal("PULL_FROM_URL"), video_url: MediaUrl }),
  UploadedVideo,
]);

const PhotoSource = z
  .object({
    source: z.literal("PULL_FROM_URL"),
    photo_images: z.array(MediaUrl).min(1).max(35),
    photo_cover_index: z.int().min(0),
  })
  .refine(({ photo_images, photo_cover_index }) => photo_cover_index < photo_images.length);

const PostInfo = z.object({
  title: z.string().max(2200).default(""),
  privacy_level: z.string(),
  disable_comment: z.boolean().optional(),
  disable_duet: z.boolean().optional(),
  disable_stitch: z.boolean().optional(),
  video_cover_timestamp_ms: z.int().min(0).optional(),
  brand_content_toggle: z.boolean().optional(),
  brand_organic_toggle: z.boolean().optional(),
  is_aigc: z.boolean().optional(),
});

const PhotoInfo = z.object({
  title: z.string().max(90).default(""),
  description: z.string().max(4000).optional(),
  auto_add_music: z.boolean().optional(),
});

export const VideoPost = z.object({ post_info: PostInfo, source_info: VideoSource });

export const VideoDraft = z.object({ source_info: VideoSource });

export const PhotoPost = z.discriminatedUnion("post_mode", [
  z.object({
    media_type: z.literal("PHOTO"),
    post_mode: z.literal("DIRECT_POST"),
    post_info: PostInfo.extend(PhotoInfo.shape),
    source_info: PhotoSource,
  }),
  z.object({
    media_type: z.literal("PHOTO"),
    post_mode: z.literal("MEDIA_UPLOAD"),
    post_info: PhotoInfo.default({ title: "" }),
    source_info: PhotoSource,
  }),
]);

export type FileSource = z.infer<typeof UploadedVideo>;
export type MediaSource = z.infer<typeof VideoSource> | z.infer<typeof PhotoSource>;
