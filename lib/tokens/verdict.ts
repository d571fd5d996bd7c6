import { IN_DOUBT, type LeasedAccount } from "../accounts/refresh-queue.ts";
import type { LastError } from "../accounts/social-account.ts";
import { after, type Random } from "../clock.ts";
import { TokenUnreadable } from "../crypto/token-cipher.ts";
import { TikTokRefused, TikTokUnavailable } from "../tiktok/errors.ts";
import { askedToWaitUntil, retryAt } from "./backoff.ts";

export type ReauthReason = "invalid_grant" | "refresh_token_expired" | typeof IN_DOUBT;

/** What a failed refresh means for its account. */
export type Verdict =
  /** Only the person can help. */
  | { readonly kind: "needs_reauth"; readonly reason: ReauthReason; readonly error: LastError }
  /** The account stays as it is and is tried again. */
  | {
      readonly kind: "backed_off" | "in_doubt";
      readonly nextRefreshAt: Date;
      readonly error: LastError;
      readonly inDoubt: boolean;
      readonly providerFailure: boolean;
      readonly retryAfterMs?: number | undefined;
    }
  /** TikTok does not accept this app: no account is to blame. */
  | { readonly kind: "client_refused"; readonly error: LastError };

const CLIENT_REFUSALS = new Set(["invalid_client", "unauthorized_client"]);
const DOUBT_RETRY_MS = 60_000;

/** The verdict on a refresh that did not bring a new pair. Knows no database: the caller writes it, if the account has not moved on. */
export function verdictOn(failure: unknown, account: LeasedAccount, now: Date, random: Random): Verdict {
  const error = lastErrorFor(failure, now);
  const wasInDoubt = isInDoubt(account);
  if (failure instanceof TikTokRefused && CLIENT_REFUSALS.has(failure.code)) return { kind: "client_refused", error };
  if (failure instanceof TikTokRefused && failure.code === "invalid_grant") {
    if (!wasInDoubt) return { kind: "needs_reauth", reason: "invalid_grant", error };
    if (account.tokenExpiry <= now) return { kind: "needs_reauth", reason: IN_DOUBT, error };
    return {
      kind: "in_doubt",
      nextRefreshAt: laterOf(account.tokenExpiry, after(now, DOUBT_RETRY_MS)),
      error,
      inDoubt: true,
      providerFailure: false,
    };
  }
  const unavailable = failure instanceof TikTokUnavailable ? failure : undefined;
  return {
    kind: "backed_off",
    nextRefreshAt: retryAt(account, now, random, unavailable?.retryAfterMs),
    error,
    inDoubt: wasInDoubt || isLostAnswer(failure),
    providerFailure: unavailable !== undefined,
    retryAfterMs: unavailable?.retryAfterMs,
  };
}

/** Whether the stored refresh token may have been spent for a pair that is not stored. */
export const isInDoubt = ({ leaseTakenOver, statusReason }: LeasedAccount): boolean =>
  leaseTakenOver || statusReason === IN_DOUBT;

/** TikTok may have rotated the pair, but its answer did not arrive or cannot be read: cut, timed out after sending, or a 200 that is none. */
const isLostAnswer = (failure: unknown): boolean =>
  failure instanceof TikTokUnavailable &&
  failure.mayHaveArrived &&
  (failure.isConnectionError || failure.reason === "malformed");

export function lastErrorFor(failure: unknown, at: Date): LastError {
  if (failure instanceof TikTokRefused) return { code: failure.code, at, logId: failure.logId };
  if (failure instanceof TikTokUnavailable) {
    const { reason, logId, retryAfterMs } = failure;
    return {
      code: reason,
      at,
      logId,
      ...(retryAfterMs !== undefined && { retryAt: askedToWaitUntil(at, retryAfterMs) }),
    };
  }
  if (failure instanceof TokenUnreadable) return { code: "token_unreadable", at };
  return { code: "internal", at };
}

const laterOf = (left: Date, right: Date): Date => (left > right ? left : right);
