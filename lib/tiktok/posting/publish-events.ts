import * as z from "zod/mini";
import type { PublishStatus } from "../../platform-posting.ts";
import { OptionalText } from "../fields.ts";
import type { WebhookEvent } from "../webhook-event.ts";
import { PlatformId } from "./platform-id.ts";
import { problemOf } from "./problems.ts";

const Content = z.object({
  publish_id: PlatformId,
  reason: OptionalText,
  post_id: z.catch(z.optional(PlatformId), undefined),
});

export interface PublishNews {
  readonly publishId: string;
  readonly platformAccountId: string;
  readonly status: PublishStatus;
}

type Content = z.infer<typeof Content>;

const STATUSES: Readonly<Record<string, (content: Content) => PublishStatus>> = {
  "post.publish.failed": ({ reason = "internal" }) => ({ kind: "failed", problem: problemOf(reason) }),
  "post.publish.inbox_delivered": () => ({ kind: "in_inbox" }),
  // whether it will have an id that all may see, the next look tells
  "post.publish.complete": () => ({ kind: "published", postId: null, awaitsPostId: true }),
  "post.publish.publicly_available": ({ post_id: postId = null }) => ({
    kind: "published",
    postId,
    awaitsPostId: false,
  }),
};

/** The names of TikTok's events that say how a post goes on. */
export const PUBLISH_EVENTS: readonly string[] = Object.keys(STATUSES);

/** What one of these events says; undefined when it names no post. */
export function publishNewsIn({ name, platformAccountId, content }: WebhookEvent): PublishNews | undefined {
  const parsed = Content.safeParse(content);
  const status = STATUSES[name];
  if (!parsed.success || !status || platformAccountId === undefined) return undefined;
  return { publishId: parsed.data.publish_id, platformAccountId, status: status(parsed.data) };
}
