import { createHmac } from "node:crypto";
import { wireJson } from "./exchange.ts";
import type { World } from "./world.ts";

export interface WebhookEvent {
  event: string;
  openId: string;
  content?: object;
  createTime?: Date;
}

export interface WebhookOptions {
  /** Signs with another secret than the app's. */
  clientSecret?: string;
  clientKey?: string;
  /** The `t` of the signature: TikTok's retries may carry the original one. */
  signedAt?: Date;
}

export interface SignedWebhook {
  headers: Record<string, string>;
  body: string;
}

/** An event as TikTok posts it. Numbers marked with `int64` are written bare inside the content. */
export function signedWebhook(
  { event, openId, content = {}, createTime }: WebhookEvent,
  { clientSecret, clientKey, signedAt }: WebhookOptions,
  { app, clock }: Pick<World, "app" | "clock">,
): SignedWebhook {
  const at = signedAt ?? clock();
  const body = JSON.stringify({
    client_key: clientKey ?? app.clientKey,
    event,
    create_time: unixSeconds(createTime ?? at),
    user_openid: openId,
    content: wireJson(content),
  });
  const t = unixSeconds(at);
  const signature = createHmac("sha256", clientSecret ?? app.clientSecret)
    .update(`${t}.${body}`)
    .digest("hex");
  return {
    headers: { "content-type": "application/json", "tiktok-signature": `t=${t},s=${signature}` },
    body,
  };
}

const unixSeconds = (date: Date): number => Math.floor(date.getTime() / 1000);
