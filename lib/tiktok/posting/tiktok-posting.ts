import type { OpenMedia, PlatformPosting } from "../../platform-posting.ts";
import type { TikTokApp } from "../app.ts";
import { checkPost, creatorOptions } from "./check.ts";
import { failureFor } from "./failures.ts";
import { contentObjection } from "./objections.ts";
import { scopeFor, TikTokOptions } from "./options.ts";
import { publishPost } from "./publish.ts";
import { postStatus } from "./status.ts";
import { uploadVideo } from "./upload.ts";

/** Posting as TikTok does it. */
export const tiktokPosting = (app: TikTokApp, open: OpenMedia): PlatformPosting => ({
  options: TikTokOptions,
  perMinute: { creatorOptions: 20, publish: 6, status: 30 },
  objection: (content) => contentObjection(content, TikTokOptions.parse(content.options)),
  creatorOptions: (token) => creatorOptions(app, token),
  check: (content, delivery, token) => checkPost(app, open, content, delivery, token),
  publish: (content, file, token) => publishPost(app, content, file, token),
  upload: (content, upload, watch) =>
    uploadVideo(app, open, content.media[0]?.url ?? "", upload, watch).catch((error: unknown) =>
      failureFor(error, scopeFor(TikTokOptions.parse(content.options))),
    ),
  status: (content, publishId, token) => postStatus(app, content, publishId, token),
  link({ media }, postId, author) {
    const kind = media[0]?.type === "photo" ? "photo" : "video";
    return `https://www.tiktok.com/@${encodeURIComponent(author ?? "_")}/${kind}/${postId}`;
  },
});
