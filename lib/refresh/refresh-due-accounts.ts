import { type LeasedAccount, releaseLeases } from "../accounts/refresh-queue.ts";
import { describeError } from "../observability/describe-error.ts";
import { releasedUntil } from "../tokens/backoff.ts";
import type { TokenDependencies } from "../tokens/dependencies.ts";
import { type RefreshOutcome, refreshAccount, SHORTEST_LEASE_MS } from "../tokens/refresh-account.ts";
import { dueAccounts } from "./due-accounts.ts";
import { answered, count, emptyReport, type RefreshReport } from "./report.ts";

export interface RefreshLimits {
  readonly concurrency: number;
  readonly batchSize: number;
  /** The longest lease; it never lasts longer than the run. */
  readonly leaseMs: number;
}

export const DEFAULT_LIMITS = { batchSize: 200, leaseMs: 90_000 };

export interface RefreshRun extends TokenDependencies {
  readonly limits: RefreshLimits;
  /** Called with each account that has new tokens: the place for everything that is less urgent than storing them. */
  readonly afterRefresh?: (account: LeasedAccount, outcome: RefreshOutcome & { kind: "refreshed" }) => void;
}

const RUN_MARGIN_MS = 2_000;
/** What a new lease lasts at least beyond what one request needs, so that it is good for one. */
const CLAIM_MARGIN_MS = 1_000;
const BRAKE_FROM = 20;

/** Refreshes what is due until nothing is, time runs short, TikTok keeps failing or does not accept this app. */
export async function refreshDueAccounts(run: RefreshRun): Promise<RefreshReport> {
  const { database, clock, random, log, deadline, limits } = run;
  const report = emptyReport();
  const untried: LeasedAccount[] = [];
  let retryAfterMs = 0;

  const due = dueAccounts(database.db, clock, {
    leaseMs: () => Math.min(limits.leaseMs, deadline.remaining() - RUN_MARGIN_MS),
    batchSize: limits.batchSize,
    lowWater: limits.concurrency,
    mayClaim() {
      const neededMs = SHORTEST_LEASE_MS + CLAIM_MARGIN_MS + RUN_MARGIN_MS;
      if (report.stopped === null && deadline.remaining() < neededMs) report.stopped = "time";
      return report.stopped === null;
    },
    onClaimed(accounts) {
      report.claimed += accounts.length;
      const ages = accounts.map(({ dueAt }) => (clock().getTime() - dueAt.getTime()) / 1000);
      report.oldestDueAgeSeconds = Math.max(report.oldestDueAgeSeconds, ...ages);
    },
  });

  async function work(): Promise<void> {
    for (let account = await due.next(); account; account = await due.next()) {
      if (isHalted()) untried.push(account);
      else if (leaseIsShort(account)) await giveBack(account);
      else await refresh(account);
      if (isHalted()) return;
    }
  }

  /** At once, so that its lease does not end unreleased, as it would after a crash. */
  async function giveBack(account: LeasedAccount): Promise<void> {
    await release([account]);
    due.askAgain();
  }

  async function refresh(account: LeasedAccount): Promise<void> {
    try {
      const outcome = await refreshAccount(account, run);
      count(report, outcome);
      if (outcome.kind === "refreshed") run.afterRefresh?.(account, outcome);
      if (outcome.kind === "backed_off") retryAfterMs = Math.max(retryAfterMs, outcome.retryAfterMs ?? 0);
      if (outcome.kind === "client_refused") stopFor("client_refused", outcome.error.code);
      else if (isProviderFailing(report)) stopFor("provider_failing", "provider_failing");
    } catch (error) {
      report.failed += 1;
      log.error("refresh failed", { accountId: account._id.toHexString(), error: describeError(error) });
    }
  }

  function stopFor(reason: "client_refused" | "provider_failing", code: string): void {
    if (report.stopped === "client_refused" || report.stopped === reason) return;
    report.stopped = reason;
    log.error("run stopped", { reason, tiktokError: code });
  }

  const isHalted = () => report.stopped === "client_refused" || report.stopped === "provider_failing";

  const leaseIsShort = ({ lease }: LeasedAccount): boolean =>
    Math.min(lease.until.getTime() - clock().getTime(), deadline.remaining()) < SHORTEST_LEASE_MS;

  async function release(accounts: readonly LeasedAccount[]): Promise<void> {
    const now = clock();
    const dueAgain = (account: LeasedAccount) =>
      report.stopped === "provider_failing" ? releasedUntil(account, now, random, retryAfterMs) : account.dueAt;
    report.released += accounts.length;
    await releaseLeases(database.db, accounts, dueAgain).catch(
      (error: unknown) => log.error("leases not released", { error: describeError(error) }), // they run out by themselves
    );
  }

  await Promise.all(Array.from({ length: limits.concurrency }, work));
  await release([...untried, ...(await due.rest())]);
  if (due.failure() !== undefined && report.claimed === 0) throw due.failure();
  return report;
}

function isProviderFailing(report: RefreshReport): boolean {
  const answers = answered(report);
  return answers >= BRAKE_FROM && report.providerFailures * 2 >= answers;
}
