import * as z from "zod";
import type { PublishStatus } from "../../platform-posting.ts";
import { problemOf } from "./problems.ts";

const Id = z.union([z.string(), z.number().transform(String)]);
const Content = z.object({ publish_id: z.string(), reason: z.string().optional(), post_id: Id.optional() });

export interface PublishNews {
  readonly publishId: string;
  readonly status: PublishStatus;
}

/** The names of TikTok's events about posts that end in something. */
export const PUBLISH_EVENTS = [
  "post.publish.failed",
  "post.publish.complete",
  "post.publish.inbox_delivered",
  "post.publish.publicly_available",
] as const;

/** What an event says about a post; undefined when it names none. */
export function publishNewsIn(name: (typeof PUBLISH_EVENTS)[number], content: unknown): PublishNews | undefined {
  const parsed = Content.safeParse(content);
  if (!parsed.success) return undefined;
  const { publish_id: publishId, reason = "internal", post_id: postId = null } = parsed.data;
  return { publishId, status: statusOf(name, reason, postId) };
}

function statusOf(name: (typeof PUBLISH_EVENTS)[number], reason: string, postId: string | null): PublishStatus {
  switch (name) {
    case "post.publish.failed":
      return { kind: "failed", problem: problemOf(reason) };
    case "post.publish.inbox_delivered":
      return { kind: "in_inbox" };
    case "post.publish.complete":
      return { kind: "published", postId, awaitsPostId: true }; // or never has one that all may see: the next look tells
    case "post.publish.publicly_available":
      return { kind: "published", postId, awaitsPostId: false };
  }
}
