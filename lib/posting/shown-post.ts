import * as z from "zod/mini";
import { POST_STATUSES, type Post } from "./post.ts";

/** What the person sees of a post. Ids of the platform are strings: they are larger than a JavaScript number can be. */
export const ShownPost = z.strictObject({
  id: z.string(),
  accountId: z.string(),
  platform: z.string(),
  status: z.enum(POST_STATUSES),
  problem: z.nullable(z.strictObject({ code: z.string(), field: z.nullable(z.string()), message: z.string() })),
  publishId: z.nullable(z.string()),
  postId: z.nullable(z.string()),
  url: z.nullable(z.string()),
  progress: z.nullable(z.strictObject({ sentBytes: z.number(), totalBytes: z.number() })),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type ShownPost = z.infer<typeof ShownPost>;

export const shownPost = (post: Post): ShownPost => ({
  id: post._id.toHexString(),
  accountId: post.accountId.toHexString(),
  platform: post.platform,
  status: post.status,
  problem: post.problem,
  publishId: post.publishId,
  postId: post.postId,
  url: post.url,
  progress: post.upload && { sentBytes: post.upload.sent, totalBytes: post.upload.size },
  createdAt: post.createdAt.toISOString(),
  updatedAt: post.updatedAt.toISOString(),
});
