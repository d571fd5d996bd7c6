import { type LeasedAccount, releaseLeases } from "../accounts/refresh-queue.ts";
import { postpone, requireReauth } from "../accounts/token-writes.ts";
import { appendAuditEvent, auditEvent } from "../audit/audit-event.ts";
import { after } from "../clock.ts";
import { inTransaction } from "../mongo/transaction.ts";
import type { TokenGrant } from "../platform.ts";
import { TikTokUnavailable } from "../tiktok/errors.ts";
import type { TokenDependencies } from "./dependencies.ts";
import { type Persisted, persistPair } from "./persist-pair.ts";
import { placeOf, sealPair } from "./seal-pair.ts";
import { tokenServices } from "./token-services.ts";
import { isInDoubt, lastErrorFor, type ReauthReason, type Verdict, verdictOn } from "./verdict.ts";

const REFRESH_DEADLINE_MS = 10_000;
const SHORTEST_REQUEST_MS = 3_000;
const PERSIST_MARGIN_MS = 5_000;
/** With less time than this left, of the lease or of the run, nothing is asked: the answer has to be stored in it too. */
export const SHORTEST_LEASE_MS = SHORTEST_REQUEST_MS + PERSIST_MARGIN_MS;
const REAUTH_DEADLINE_MS = 6_000;
const RESCUE_GRACE_MS = 60_000;

/** How the refresh of one account ended. */
export type RefreshOutcome =
  | { readonly kind: "refreshed"; readonly rotated: boolean; readonly grant: TokenGrant }
  | { readonly kind: Exclude<Persisted, "stored"> }
  | { readonly kind: "needs_reauth"; readonly reason: ReauthReason }
  | (Verdict & { readonly kind: "backed_off" | "in_doubt" | "client_refused" })
  /** The verdict was not written: the account had moved on meanwhile. */
  | { readonly kind: "kept" };

/** Refreshes an account that the caller has leased, makes the new pair durable first, and writes what a failure means. */
export async function refreshAccount(account: LeasedAccount, deps: TokenDependencies): Promise<RefreshOutcome> {
  const { cipher, clock, random } = deps;
  const accountId = account._id.toHexString();
  await deps.onStep?.("claimed", accountId);
  if (account.refreshTokenExpiry && account.refreshTokenExpiry <= clock())
    return judge(
      account,
      { kind: "needs_reauth", reason: "refresh_token_expired", error: { code: "refresh_token_expired", at: clock() } },
      deps,
    );

  const answer = await ask(account, deps);
  await deps.onStep?.("answered", accountId);
  if ("failure" in answer) return judge(account, verdictOn(answer.failure, account, clock(), random), deps);

  const { grant, spent } = answer;
  const persisted = await persistPair(account, sealPair(account, grant, spent, { cipher, clock, random }), deps);
  await deps.onStep?.("stored", accountId);
  if (persisted !== "stored") return { kind: persisted };
  return { kind: "refreshed", rotated: grant.refreshToken !== undefined && grant.refreshToken !== spent, grant };
}

type Answer = { readonly grant: TokenGrant; readonly spent: string } | { readonly failure: unknown };

async function ask(account: LeasedAccount, deps: TokenDependencies): Promise<Answer> {
  const { cipher, tiktok, onStep } = deps;
  try {
    const spent = cipher.open(account.refreshToken, placeOf(account, "refreshToken"));
    await onStep?.("asking", account._id.toHexString());
    const grant = await tokenServices(tiktok)[account.platform].refresh(spent, requestMs(account, deps));
    if (grant.platformAccountId === account.platformAccountId) return { grant, spent };
    return { failure: new TikTokUnavailable("the refresh", { reason: "malformed", mayHaveArrived: true }) }; // somebody else's tokens
  } catch (failure) {
    return { failure };
  }
}

/** A request that hangs ends before somebody else may claim the account, and before the run does. */
function requestMs({ lease }: LeasedAccount, { clock, deadline }: TokenDependencies): number {
  const leftMs = Math.min(lease.until.getTime() - clock().getTime(), deadline.remaining());
  return Math.floor(Math.min(REFRESH_DEADLINE_MS, Math.max(SHORTEST_REQUEST_MS, leftMs - PERSIST_MARGIN_MS)));
}

async function judge(account: LeasedAccount, verdict: Verdict, deps: TokenDependencies): Promise<RefreshOutcome> {
  const outcome = await write(account, await withRescuesAwaited(account, verdict, deps), deps);
  await deps.onStep?.("judged", account._id.toHexString());
  return outcome;
}

/** Nobody is told to reconnect while a pair that may be theirs waits in the rescue queue. */
async function withRescuesAwaited(
  account: LeasedAccount,
  verdict: Verdict,
  { rescue, clock, log }: TokenDependencies,
): Promise<Verdict> {
  if (verdict.kind !== "needs_reauth" || !isInDoubt(account) || !rescue) return verdict;
  const waiting = await rescue.isWaiting().catch((error: unknown) => {
    log.warn("rescue queue not readable", { error: lastErrorFor(error, clock()) });
    return true;
  });
  if (!waiting) return verdict;
  const nextRefreshAt = after(clock(), RESCUE_GRACE_MS);
  return { kind: "in_doubt", nextRefreshAt, error: verdict.error, inDoubt: true, providerFailure: false };
}

async function write(account: LeasedAccount, verdict: Verdict, deps: TokenDependencies): Promise<RefreshOutcome> {
  const { database, random } = deps;
  if (verdict.kind === "client_refused") {
    await releaseLeases(database.db, [account], ({ dueAt }) => dueAt);
    return verdict;
  }
  if (verdict.kind !== "needs_reauth")
    return (await postpone(database.db, account, verdict)) ? verdict : { kind: "kept" };
  const changed = await inTransaction(
    database.client,
    async (session) => {
      const now = await requireReauth(database.db, account, verdict, session);
      if (now)
        await appendAuditEvent(
          database.db,
          auditEvent("SocialAccountNeedsReauth", now, verdict.error.at, verdict.reason),
          session,
        );
      return now !== undefined;
    },
    { deadlineMs: REAUTH_DEADLINE_MS, random },
  );
  return changed ? { kind: "needs_reauth", reason: verdict.reason } : { kind: "kept" };
}
