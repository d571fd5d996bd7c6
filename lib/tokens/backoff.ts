import { issuedAt, type SocialAccount } from "../accounts/social-account.ts";
import { after, type Random } from "../clock.ts";

const MINUTE = 60_000;
const FLOOR_MS = 30_000;
const MARGIN_MS = 10 * MINUTE;
const MAX_RETRY_AFTER_MS = 60 * MINUTE;

type Timed = Pick<SocialAccount, "tokenExpiry" | "lastRefreshedAt" | "connectedAt" | "refreshAttempts">;

/**
 * The longest an account may wait: what is left of its access token, or, when that is used up, a whole lifetime, because whoever needs it
 * sooner asks for it. So an outage of hours is followed by a spread of hours instead of a stampede.
 */
function patienceMs(account: Timed, now: Date): number {
  const left = account.tokenExpiry.getTime() - now.getTime() - MARGIN_MS;
  if (left > 0) return left;
  const lifetime = account.tokenExpiry.getTime() - issuedAt(account).getTime();
  return Math.min(Math.max(lifetime, 60 * MINUTE), 24 * 60 * MINUTE);
}

/** When to try again after a failure: full jitter under a bound that doubles with every attempt, never sooner than the provider asks. */
export function retryAt(account: Timed, now: Date, random: Random, retryAfterMs = 0): Date {
  const bound = Math.min(patienceMs(account, now), MINUTE * 2 ** Math.min(account.refreshAttempts, 20));
  const asked = Math.min(retryAfterMs, MAX_RETRY_AFTER_MS);
  return after(now, asked + Math.max(FLOOR_MS, random() * bound));
}

/** When an account that was claimed but not tried comes due again while the provider is failing. */
export function releasedUntil(account: Timed, now: Date, random: Random, retryAfterMs = 0): Date {
  const asked = Math.min(retryAfterMs, MAX_RETRY_AFTER_MS);
  return after(now, asked + Math.max(FLOOR_MS, random() * patienceMs(account, now)));
}
