import { after } from "../lib/clock.ts";
import { withdrawAuthorization } from "../lib/connect/withdraw-authorization.ts";
import { HttpProblem } from "../lib/http/problem.ts";
import { bodyBytes, headerOf } from "../lib/http/request.ts";
import { type HttpResponse, json } from "../lib/http/responses.ts";
import { settleByNews } from "../lib/posting/settle-post.ts";
import { PUBLISH_EVENTS, publishNewsIn } from "../lib/tiktok/posting/publish-events.ts";
import { removalReasonIn, type WebhookEvent, webhookEventIn } from "../lib/tiktok/webhook-event.ts";
import { signatureProblem } from "../lib/tiktok/webhook-signature.ts";
import { type Call, jsonEndpoint } from "./http/json-endpoint.ts";
import { postingServicesOf } from "./jobs/posting-dependencies.ts";
import { metricsOf } from "./runtime.ts";

const emitMetrics = metricsOf("tiktok-webhook");
const MAX_CHARACTERS = 64 * 1024;

/** What each event leads to. An event that is not in the table is acknowledged and ignored. */
const REACTIONS: Readonly<Record<string, (event: WebhookEvent, call: Call) => Promise<string>>> = {
  "authorization.removed": authorizationRemoved,
  ...Object.fromEntries(PUBLISH_EVENTS.map((name) => [name, postEnded])),
};

/** Takes what TikTok tells. Anything but 200 makes TikTok tell it again, for up to three days. */
export async function receive(call: Call): Promise<HttpResponse> {
  const event = await signedEvent(call);
  const reaction = Object.hasOwn(REACTIONS, event.name) ? REACTIONS[event.name] : undefined;
  const outcome = reaction ? await reaction(event, call) : "ignored";
  call.log.info("webhook received", { outcome, event: event.name });
  return json(200, {});
}

async function signedEvent({ event: request, runtime, log }: Call): Promise<WebhookEvent> {
  if ((request.body?.length ?? 0) > MAX_CHARACTERS) throw new HttpProblem("invalid_request", "The body is too large.");
  const body = bodyBytes(request);
  const { tiktok } = await runtime.secrets.current();
  const problem = signatureProblem(headerOf(request, "tiktok-signature"), body, tiktok, runtime.clock());
  if (problem) {
    emitMetrics({ WebhookRefused: 1 });
    log.warn("webhook signature refused", { outcome: problem });
    throw new HttpProblem("unauthenticated", "The signature does not fit.");
  }
  const event = webhookEventIn(body);
  if (!event) throw new HttpProblem("invalid_request", "The body is no event.");
  if (event.clientKey !== tiktok.clientKey) throw new HttpProblem("unauthenticated", "The event is for another app.");
  return event;
}

async function authorizationRemoved(
  { platformAccountId, createdAt, content }: WebhookEvent,
  { database, runtime, log }: Call,
): Promise<string> {
  if (platformAccountId === undefined) throw new HttpProblem("invalid_request", "The event names no account.");
  // the event is dated to the second: a link made within that second was there before its removal
  const withdrawal = { platform: "tiktok", platformAccountId, grantedBefore: after(createdAt, 1000) } as const;
  const reason = removalReasonIn(content);
  const revoked = await withdrawAuthorization(withdrawal, reason, { database, ...runtime });
  emitMetrics({ WebhookRefused: 0, AccountsRevoked: revoked });
  log.info("authorization withdrawn", { outcome: reason, platformAccountId, accounts: revoked });
  return "ok";
}

/** Ends the following of a post earlier; news of a post that is not known here is nobody's. */
async function postEnded(event: WebhookEvent, { database, runtime }: Call): Promise<string> {
  const news = publishNewsIn(event);
  if (!news) throw new HttpProblem("invalid_request", "The event names no post.");
  const deps = { db: database.db, services: postingServicesOf(runtime), clock: runtime.clock };
  const taken = await settleByNews({ platform: "tiktok", ...news }, deps);
  // acknowledged now it would be forgotten, and the answer with the id may yet be lost
  if (taken === "too_early") throw new HttpProblem("unavailable", "A post is being handed over. Tell it again.");
  return taken;
}

export const handler = jsonEndpoint("tiktok-webhook", receive);
