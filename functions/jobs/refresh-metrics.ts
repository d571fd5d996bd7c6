import type { MetricValues } from "../../lib/observability/metrics.ts";
import type { RefreshReport } from "../../lib/refresh/report.ts";

export interface RunNumbers extends RefreshReport {
  readonly eventsPublished: number;
  /** Undefined when they could not be counted. */
  readonly revocationsPending: number | undefined;
}

/** A run's report as metrics. */
export const refreshMetrics = (run: RunNumbers): MetricValues => ({
  RefreshClaimed: run.claimed,
  RefreshSucceeded: run.refreshed,
  RefreshKept: run.kept,
  RefreshBackedOff: run.backedOff,
  RefreshReleased: run.released,
  RefreshFailed: run.failed,
  NeedsReauth: Object.values(run.needsReauth).reduce((sum, number) => sum + number, 0),
  RotationInDoubt: run.inDoubt,
  Rotations: run.rotations,
  PairRescued: run.rescued,
  PairLost: run.lost,
  ClientRefused: run.stopped === "client_refused" ? 1 : 0,
  ProviderFailures: run.providerFailures,
  OldestDueAgeSeconds: run.oldestDueAgeSeconds,
  RevocationsPending: run.revocationsPending,
  EventsPublished: run.eventsPublished,
  TokenUnreadable: run.unreadable,
});
