import type { FailureCode } from "../../lib/connect/outcome-codes.ts";
import type { MetricValues } from "../../lib/observability/metrics.ts";

/** What the operator can do something about; the others are the person's decision or a browser's state. */
const OURS: ReadonlySet<string> = new Set<FailureCode>([
  "tiktok_refused",
  "tiktok_unavailable",
  "storage_unavailable",
  "internal",
]);

/** One request's part in connecting an account, as metrics. */
export const connectionMetrics = (result: FailureCode | "begun" | "linked" | "pending"): MetricValues => ({
  ConnectionBegun: result === "begun" ? 1 : 0,
  ConnectionLinked: result === "linked" ? 1 : 0,
  ConnectionFailed: OURS.has(result) ? 1 : 0,
  StateInvalid: result === "state_invalid" ? 1 : 0,
});
