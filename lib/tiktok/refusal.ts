import * as z from "zod/mini";
import { type Refusal, TikTokRefused, TikTokUnavailable } from "./errors.ts";
import { OptionalText, Text } from "./fields.ts";
import type { TikTokAnswer } from "./request.ts";

const NestedError = z.object({
  code: Text,
  message: OptionalText,
  log_id: OptionalText,
  logid: OptionalText, // both spellings are documented
});

const ErrorBody = z.object({
  error: z.union([Text, NestedError]),
  error_description: OptionalText,
  log_id: OptionalText,
});

/** What the body refuses, if it does: flat as OAuth has it or nested as the data endpoints do. The status has no say. */
export function refusalIn(body: unknown): Refusal | undefined {
  const parsed = ErrorBody.safeParse(body);
  if (!parsed.success) return undefined;
  const { error, error_description, log_id } = parsed.data;
  if (typeof error === "string") return { code: error, description: error_description, logId: log_id };
  return error.code === "ok"
    ? undefined
    : { code: error.code, description: error.message, logId: error.log_id ?? error.logid ?? log_id };
}

const PROVIDER_FAILURES = new Set(["server_error", "temporarily_unavailable", "internal_error", "rate_limit_exceeded"]);

const OAUTH_REFUSALS = new Set([
  "invalid_request",
  "invalid_client",
  "invalid_grant",
  "invalid_scope",
  "unauthorized_client",
  "unsupported_grant_type",
  "unsupported_response_type",
  "access_denied",
]);

/** The error for an answer without the data that was asked for. A code that OAuth defines counts under any status, 5xx included. */
export function failureOf(operation: string, answer: TikTokAnswer): TikTokRefused | TikTokUnavailable {
  const refusal = refusalIn(answer.body);
  const providerStatus = answer.status >= 500 || answer.status === 429;
  if (refusal && !PROVIDER_FAILURES.has(refusal.code) && (!providerStatus || OAUTH_REFUSALS.has(refusal.code)))
    return new TikTokRefused(operation, refusal);
  return new TikTokUnavailable(operation, {
    reason: refusal?.code ?? (answer.status === 200 ? "malformed" : `http_${answer.status}`),
    mayHaveArrived: true,
    retryAfterMs: answer.retryAfterMs,
    logId: refusal?.logId,
  });
}
