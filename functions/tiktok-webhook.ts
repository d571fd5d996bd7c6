import { after } from "../lib/clock.ts";
import { withdrawAuthorization } from "../lib/connect/withdraw-authorization.ts";
import { HttpProblem } from "../lib/http/problem.ts";
import { bodyBytes, headerOf } from "../lib/http/request.ts";
import { type HttpResponse, json } from "../lib/http/responses.ts";
import { removalReasonIn, type WebhookEvent, webhookEventIn } from "../lib/tiktok/webhook-event.ts";
import { signatureProblem } from "../lib/tiktok/webhook-signature.ts";
import { type Call, jsonEndpoint } from "./http/json-endpoint.ts";

const MAX_CHARACTERS = 64 * 1024;

/** What each event leads to. An event that is not in the table is acknowledged and ignored. */
const REACTIONS: Readonly<Record<string, (event: WebhookEvent, call: Call) => Promise<string>>> = {
  "authorization.removed": authorizationRemoved,
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
  log.info("authorization withdrawn", { outcome: reason, platformAccountId, accounts: revoked });
  return "ok";
}

export const handler = jsonEndpoint("tiktok-webhook", receive);
