import { setTimeout as sleep } from "node:timers/promises";
import type { ObjectId } from "mongodb";
import { claimOne } from "../accounts/refresh-queue.ts";
import { type SocialAccount, socialAccounts } from "../accounts/social-account.ts";
import { touchAccount } from "../accounts/token-writes.ts";
import { type TokenCipher, TokenUnreadable } from "../crypto/token-cipher.ts";
import { TikTokRefused } from "../tiktok/errors.ts";
import type { TokenDependencies } from "./dependencies.ts";
import { refreshAccount, SHORTEST_LEASE_MS } from "./refresh-account.ts";
import { placeOf } from "./seal-pair.ts";

export interface FreshToken {
  readonly accessToken: string;
  readonly expiresAt: Date;
  readonly scopes: readonly string[];
  readonly account: SocialAccount;
}

/** Why there is no token, and whether waiting or the person can change that. */
export type NoToken =
  | { readonly kind: "not_found" }
  | { readonly kind: "reconnect"; readonly status: SocialAccount["status"]; readonly reason: string | null }
  | { readonly kind: "unavailable"; readonly code: string; readonly retryAt: Date };

export type FreshTokenResult = ({ readonly kind: "token" } & FreshToken) | NoToken;

const LEASE_MS = 30_000;
const COOLDOWN_MS = 30_000;
const PATIENCE_MS = 12_000;
const POLL_MS = 100;
const TOUCH_EVERY_MS = 10 * 60_000;

/**
 * An access token good for at least `forMs` more, or one that is new this moment. Refreshes when needed: one refresher however many ask,
 * in whatever process; the others wait up to 12 s and read the new token. After a failure nobody asks TikTok again for 30 s.
 */
export async function freshToken(
  accountId: ObjectId,
  forMs: number,
  deps: TokenDependencies,
): Promise<FreshTokenResult> {
  const { database, clock } = deps;
  let firstVersion: number | undefined;

  async function attempt(waitedMs: number): Promise<FreshTokenResult> {
    const account = await socialAccounts(database.db).findOne({ _id: accountId });
    if (!account) return { kind: "not_found" };
    if (account.status !== "active") return { kind: "reconnect", status: account.status, reason: account.statusReason };
    firstVersion ??= account.tokenVersion;
    const isNew = account.tokenVersion > firstVersion;
    const isGood = account.tokenExpiry.getTime() - clock().getTime() >= (isNew ? 0 : forMs);
    const token = isGood ? await opened(account, deps) : undefined;
    if (token) return token;
    if (isCoolingDown(account, clock()) || waitedMs >= PATIENCE_MS) return unavailable(account);
    if (isTimeShort(deps)) return { ...unavailable(account), code: "time_short" };

    const leased = await claimOne(database.db, account, { now: clock(), leaseMs: leaseMs(deps) });
    if (!leased) return afterPause(waitedMs);
    const outcome = await refreshAccount(leased, deps);
    if (outcome.kind === "client_refused") return { ...unavailable(account), code: outcome.error.code };
    if (outcome.kind === "rescued" || outcome.kind === "lost")
      return { kind: "unavailable", code: "not_stored", retryAt: leased.lease.until };
    return attempt(waitedMs + PATIENCE_MS / 4);
  }

  async function afterPause(waitedMs: number): Promise<FreshTokenResult> {
    await sleep(POLL_MS);
    return attempt(waitedMs + POLL_MS);
  }

  return attempt(0);
}

export type UseResult<Result> = { readonly kind: "used"; readonly result: Result } | NoToken;

const USE_MS = 5 * 60_000;

/** Runs the work with a fresh token; when TikTok says that the token is invalid after all, refreshes once and runs it once more. */
export async function withFreshToken<Result>(
  accountId: ObjectId,
  use: (token: FreshToken) => Promise<Result>,
  deps: TokenDependencies,
): Promise<UseResult<Result>> {
  const token = await freshToken(accountId, USE_MS, deps);
  if (token.kind !== "token") return token;
  try {
    return { kind: "used", result: await use(token) };
  } catch (error) {
    if (!(error instanceof TikTokRefused && error.code === "access_token_invalid")) throw error;
  }
  const renewed = await renewedToken(token, deps);
  return renewed.kind === "token" ? { kind: "used", result: await use(renewed) } : renewed;
}

/** A token newer than one that TikTok has refused: refreshed here, or by whoever is at it already. */
async function renewedToken({ account }: FreshToken, deps: TokenDependencies): Promise<FreshTokenResult> {
  const { database, clock } = deps;
  if (isTimeShort(deps)) return { ...unavailable(account), code: "time_short" };
  const leased = await claimOne(database.db, account, { now: clock(), leaseMs: leaseMs(deps) });
  if (leased) await refreshAccount(leased, deps);

  async function newer(waitedMs: number): Promise<FreshTokenResult> {
    const token = await freshToken(account._id, 0, deps);
    if (token.kind !== "token" || token.account.tokenVersion > account.tokenVersion) return token;
    if (leased || waitedMs >= PATIENCE_MS) return unavailable(token.account);
    await sleep(POLL_MS);
    return newer(waitedMs + POLL_MS);
  }

  return newer(0);
}

const isCoolingDown = ({ lastError }: SocialAccount, now: Date): boolean =>
  lastError != null && (now.getTime() - lastError.at.getTime() < COOLDOWN_MS || (lastError.retryAt ?? now) > now);

/** A refresh that this process does not live to store would cost the person the link. */
const isTimeShort = ({ deadline }: TokenDependencies): boolean => deadline.remaining() < SHORTEST_LEASE_MS;

const leaseMs = ({ deadline }: TokenDependencies): number => Math.min(LEASE_MS, deadline.remaining());

const unavailable = ({ lastError, nextRefreshAt }: SocialAccount): NoToken & { kind: "unavailable" } => ({
  kind: "unavailable",
  code: lastError?.code ?? "refresh_in_progress",
  retryAt: nextRefreshAt,
});

/** Undefined when the stored token does not open: a refresh may still bring one that does. */
async function opened(
  account: SocialAccount,
  { cipher, clock, database }: TokenDependencies,
): Promise<FreshTokenResult | undefined> {
  const now = clock();
  const accessToken = readable(account, cipher);
  if (accessToken === undefined) return undefined;
  if (!account.lastUsedAt || now.getTime() - account.lastUsedAt.getTime() > TOUCH_EVERY_MS)
    await touchAccount(database.db, account._id, now);
  return {
    kind: "token",
    accessToken,
    expiresAt: account.tokenExpiry,
    scopes: account.scopes,
    account,
  };
}

function readable(account: SocialAccount, cipher: TokenCipher): string | undefined {
  try {
    return cipher.open(account.accessToken, placeOf(account, "accessToken"));
  } catch (error) {
    if (error instanceof TokenUnreadable) return undefined;
    throw error;
  }
}
