import { MediaUnreadable, type NotNow, type Refused } from "../../platform-posting.ts";
import { TikTokRefused, TikTokUnavailable } from "../errors.ts";
import { problem, problemOf, reconnectFor } from "./problems.ts";

/** What a failed question means for the post. Throws on: a refused token, and what is no failure of TikTok or of the media. */
export function failureFor(error: unknown, scope: string): Refused | NotNow {
  if (error instanceof TikTokUnavailable)
    return { kind: "not_now", reason: error.reason, retryAfterMs: error.retryAfterMs };
  if (error instanceof MediaUnreadable)
    return error.isFinal
      ? { kind: "refused", problem: problem(error.code, "media.0.url", error.message) }
      : { kind: "not_now", reason: error.code };
  if (!(error instanceof TikTokRefused) || error.code === "access_token_invalid") throw error;
  const asksForConsent = error.code === "scope_not_authorized" || error.code === "scope_permission_missed";
  return { kind: "refused", problem: asksForConsent ? reconnectFor(scope) : problemOf(error.code) };
}
