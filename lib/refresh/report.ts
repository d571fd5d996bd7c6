import type { RefreshOutcome } from "../tokens/refresh-account.ts";

/** What a run did: each claimed account ends in exactly one of the counts. */
export interface RefreshReport {
  claimed: number;
  refreshed: number;
  /** Refreshed with a new refresh token. */
  rotations: number;
  /** Somebody else was quicker: a new link, another refresher, a withdrawal. */
  kept: number;
  backedOff: number;
  inDoubt: number;
  needsReauth: Record<string, number>;
  /** Pairs put into the rescue queue, and pairs that could not even be put there. */
  rescued: number;
  lost: number;
  /** Pairs of accounts that were unlinked meanwhile. */
  handedToRevocations: number;
  /** Given back untried. */
  released: number;
  /** The refresh itself failed: a database failure or a bug. The lease runs out. */
  failed: number;
  providerFailures: number;
  /** Backed off because the stored refresh token does not open. */
  unreadable: number;
  /** Why the run ended before everything due was done. */
  stopped: "time" | "provider_failing" | "client_refused" | null;
  oldestDueAgeSeconds: number;
}

export const emptyReport = (): RefreshReport => ({
  claimed: 0,
  refreshed: 0,
  rotations: 0,
  kept: 0,
  backedOff: 0,
  inDoubt: 0,
  needsReauth: {},
  rescued: 0,
  lost: 0,
  handedToRevocations: 0,
  released: 0,
  failed: 0,
  providerFailures: 0,
  unreadable: 0,
  stopped: null,
  oldestDueAgeSeconds: 0,
});

export function count(report: RefreshReport, outcome: RefreshOutcome): void {
  switch (outcome.kind) {
    case "refreshed":
      report.refreshed += 1;
      report.rotations += outcome.rotated ? 1 : 0;
      return;
    case "kept":
    case "superseded":
      report.kept += 1;
      return;
    case "backed_off":
      report.backedOff += 1;
      report.providerFailures += outcome.providerFailure ? 1 : 0;
      report.unreadable += outcome.error.code === "token_unreadable" ? 1 : 0;
      return;
    case "in_doubt":
      report.inDoubt += 1;
      return;
    case "needs_reauth":
      report.needsReauth[outcome.reason] = (report.needsReauth[outcome.reason] ?? 0) + 1;
      return;
    case "client_refused":
      report.released += 1;
      return;
    case "handed_to_revocations":
      report.handedToRevocations += 1;
      return;
    default:
      report[outcome.kind] += 1;
  }
}

/** How many refreshes TikTok has answered or failed so far. */
export const answered = (report: RefreshReport): number =>
  report.refreshed +
  report.kept +
  report.backedOff +
  report.inDoubt +
  report.rescued +
  report.lost +
  report.handedToRevocations +
  Object.values(report.needsReauth).reduce((sum, number) => sum + number, 0);
