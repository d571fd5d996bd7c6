import * as z from "zod/mini";
import { Text } from "./fields.ts";
import { parseLosslessJson } from "./lossless-json.ts";

/** Something that TikTok tells on its own account. */
export interface WebhookEvent {
  readonly name: string;
  /** The app that it is for. */
  readonly clientKey: string;
  /** Whose account it is about, where it is about one. */
  readonly platformAccountId: string | undefined;
  /** To the second. */
  readonly createdAt: Date;
  /** Depends on the event; undefined when it is no JSON. */
  readonly content: unknown;
}

const LAST_SECOND = 8.64e12; // of what a Date can hold

const Body = z.object({
  client_key: z.string(),
  event: z.string(),
  create_time: z.number().check(z.int(), z.minimum(0), z.maximum(LAST_SECOND)),
  user_openid: z.optional(Text),
  content: z.unknown(),
});

/** The event in a webhook's body; undefined when there is none. The content is JSON in a string inside the JSON. */
export function webhookEventIn(body: Uint8Array): WebhookEvent | undefined {
  const parsed = Body.safeParse(parseLosslessJson(Buffer.from(body).toString()));
  if (!parsed.success) return undefined;
  const { client_key, event, create_time, user_openid, content } = parsed.data;
  return {
    name: event,
    clientKey: client_key,
    platformAccountId: user_openid,
    createdAt: new Date(create_time * 1000),
    content: typeof content === "string" ? parseLosslessJson(content) : content,
  };
}

const REMOVAL_REASONS = [
  "unknown",
  "user_disconnected",
  "account_deleted",
  "age_changed",
  "account_banned",
  "developer_revoked",
] as const;

export type RemovalReason = (typeof REMOVAL_REASONS)[number];

const Removal = z.object({ reason: z.coerce.number() });

/** Why an authorization was removed, by the content of `authorization.removed`. */
export function removalReasonIn(content: unknown): RemovalReason {
  const parsed = Removal.safeParse(content);
  return (parsed.success && REMOVAL_REASONS[parsed.data.reason]) || "unknown";
}
