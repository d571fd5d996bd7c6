import { issuedAt, type SocialAccount } from "../accounts/social-account.ts";
import { after, type Random } from "../clock.ts";

const MINUTE = 60_000;
const FLOOR_MS = 30_000;
/** A token is due 18 minutes or more before it expires: the first tries fit in there without everybody coming back at once. */
const FIRST_BOUND_MS = 15 * MINUTE;
const MARGIN_MS = 10 * MINUTE;
const MAX_RETRY_AFTER_MS = 60 * MINUTE;

type Timed = Pick<SocialAccount, "tokenExpiry" | "lastRefreshedAt" | "connectedAt" | "refreshAttempts">;

/**
 * The longest an account may wait: what is left of its access token, or, when that is used up, one and a half lifetimes, because whoever
 * needs it sooner asks for it. So an outage of hours is followed by hours of hardly more than the usual rate instead of a stampede.
 */
function patienceMs(account: Timed, now: Date): number {
  const left = leftMs(account, now);
  if (left > 0) return left;
  const lifetime = account.tokenExpiry.getTime() - issuedAt(account).getTime();
  return 1.5 * Math.min(Math.max(lifetime, 60 * MINUTE), 24 * 60 * MINUTE);
}

const leftMs = ({ tokenExpiry }: Timed, now: Date): number => tokenExpiry.getTime() - now.getTime() - MARGIN_MS;

/** When to try again after a failure: full jitter under a bound that grows with every attempt, never sooner than the provider asks. */
export function retryAt(account: Timed, now: Date, random: Random, retryAfterMs = 0): Date {
  const patience = patienceMs(account, now);
  const bound = FIRST_BOUND_MS * 4 ** Math.min(account.refreshAttempts ?? 0, 10);
  return inTime(now, leftMs(account, now) > 0 ? Math.min(patience, bound) : patience, random, retryAfterMs);
}

/** When an account that was claimed but not tried comes due again while the provider is failing. */
export const releasedUntil = (account: Timed, now: Date, random: Random, retryAfterMs = 0): Date =>
  inTime(now, patienceMs(account, now), random, retryAfterMs);

/** The moment before which the provider has asked not to be asked again, an hour from now at most. */
export const askedToWaitUntil = (now: Date, retryAfterMs: number): Date =>
  after(now, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS));

const inTime = (now: Date, boundMs: number, random: Random, retryAfterMs: number): Date =>
  after(askedToWaitUntil(now, retryAfterMs), Math.max(FLOOR_MS, random() * boundMs));
