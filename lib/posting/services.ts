import type { Platform } from "../platform.ts";
import type { OpenMedia, PlatformPosting } from "../platform-posting.ts";
import type { TikTokApp } from "../tiktok/app.ts";
import { tiktokPosting } from "../tiktok/posting/tiktok-posting.ts";

/** Which service posts to which platform. */
export type PostingServices = Readonly<Record<Platform, PlatformPosting>>;

export const postingServices = (tiktok: TikTokApp, openMedia: OpenMedia): PostingServices => ({
  tiktok: tiktokPosting(tiktok, openMedia),
});
