import type { Db } from "mongodb";
import { claimAttempt, forgetRevocation, replacePair } from "../accounts/pending-revocations.ts";
import type { Revocation } from "../accounts/revocations.ts";
import { isLinkedAlive } from "../accounts/user-accounts.ts";
import { after, type Clock, type Random } from "../clock.ts";
import type { TokenCipher } from "../crypto/token-cipher.ts";
import { deadlineIn } from "../mongo/deadline.ts";
import { describeError } from "../observability/describe-error.ts";
import type { Log } from "../observability/log.ts";
import type { TikTokApp } from "../tiktok/app.ts";
import { TikTokRefused } from "../tiktok/errors.ts";
import { placeOf } from "./seal-pair.ts";
import { tokenServices } from "./token-services.ts";

export interface RevocationDependencies {
  readonly tiktok: TikTokApp;
  readonly cipher: TokenCipher;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** For everything that is asked of TikTok. */
  readonly deadlineMs: number;
}

export type RevocationResult = "revoked" | "dropped" | "expired" | "later";

/**
 * Makes one attempt at a pending revocation and forgets it when it is settled: revoked at the platform, dropped because somebody has the
 * account linked (revoking would end that link too), or expired by itself. Later: it stays and comes due again.
 */
export async function tryRevocation(
  db: Db,
  revocation: Revocation,
  deps: RevocationDependencies,
): Promise<RevocationResult> {
  if (!(await claimAttempt(db, revocation, retryAt(revocation, deps)))) return "later";
  const result = (await isLinkedAlive(db, revocation)) ? "dropped" : await revoke(db, revocation, deps);
  if (result !== "later") await forgetRevocation(db, revocation);
  return result;
}

async function revoke(db: Db, revocation: Revocation, deps: RevocationDependencies): Promise<RevocationResult> {
  const { tiktok, clock, log, deadlineMs } = deps;
  const deadline = deadlineIn(deadlineMs);
  const left = () => Math.max(1, Math.round(deadline.remaining()));
  try {
    const accessToken =
      revocation.tokenExpiry > clock()
        ? deps.cipher.open(revocation.accessToken, placeOf(revocation, "accessToken"))
        : await freshAccessToken(db, revocation, deps, left());
    if (accessToken === undefined) return "expired";
    await tokenServices(tiktok)[revocation.platform].revoke(accessToken, left());
    return "revoked";
  } catch (error) {
    const { platform, platformAccountId, attempts } = revocation;
    log.warn("revocation not confirmed", { platform, platformAccountId, attempts, error: describeError(error) });
    return "later";
  }
}

/** TikTok revokes by access token only, so one that has expired is refreshed first. Undefined when the pair is worth nothing any more. */
async function freshAccessToken(
  db: Db,
  revocation: Revocation,
  { tiktok, cipher, clock }: RevocationDependencies,
  deadlineMs: number,
): Promise<string | undefined> {
  if ((revocation.refreshTokenExpiry ?? after(revocation.createdAt, YEAR_MS)) <= clock()) return undefined;
  const spent = cipher.open(revocation.refreshToken, placeOf(revocation, "refreshToken"));
  const service = tokenServices(tiktok)[revocation.platform];
  const grant = await service.refresh(spent, deadlineMs).catch((error: unknown) => {
    if (error instanceof TikTokRefused && error.code === "invalid_grant") return undefined;
    throw error;
  });
  if (!grant) return undefined;
  await replacePair(db, revocation, {
    accessToken: cipher.seal(grant.accessToken, placeOf(revocation, "accessToken")),
    refreshToken: cipher.seal(grant.refreshToken ?? spent, placeOf(revocation, "refreshToken")),
    tokenExpiry: grant.accessTokenExpiresAt,
    refreshTokenExpiry: grant.refreshTokenExpiresAt ?? revocation.refreshTokenExpiry,
  });
  return grant.accessToken;
}

const YEAR_MS = 365 * 24 * 3_600_000;
const FLOOR_MS = 60_000;
const CEILING_MS = 6 * 3_600_000;

const retryAt = ({ attempts }: Revocation, { clock, random }: RevocationDependencies): Date =>
  after(clock(), FLOOR_MS + random() * Math.min(CEILING_MS, FLOOR_MS * 2 ** Math.min(attempts, 20)));
