import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";

/** Every metric there is and its unit. Alarms are built on these names. */
const UNITS = {
  RefreshClaimed: MetricUnit.Count,
  RefreshSucceeded: MetricUnit.Count,
  RefreshKept: MetricUnit.Count,
  RefreshBackedOff: MetricUnit.Count,
  RefreshReleased: MetricUnit.Count,
  RefreshFailed: MetricUnit.Count,
  NeedsReauth: MetricUnit.Count,
  RotationInDoubt: MetricUnit.Count,
  Rotations: MetricUnit.Count,
  PairRescued: MetricUnit.Count,
  PairLost: MetricUnit.Count,
  ClientRefused: MetricUnit.Count,
  ProviderFailures: MetricUnit.Count,
  OldestDueAgeSeconds: MetricUnit.Seconds,
  RevocationsPending: MetricUnit.Count,
  EventsPublished: MetricUnit.Count,
  TokenUnreadable: MetricUnit.Count,
  RescueApplied: MetricUnit.Count,
  RescueFailed: MetricUnit.Count,
  AccountsChecked: MetricUnit.Count,
  AccountsOverdue: MetricUnit.Count,
  LinksBroken: MetricUnit.Count,
  AuditUnfinished: MetricUnit.Count,
  ConnectionBegun: MetricUnit.Count,
  ConnectionLinked: MetricUnit.Count,
  ConnectionFailed: MetricUnit.Count,
  StateInvalid: MetricUnit.Count,
  WebhookRefused: MetricUnit.Count,
  AccountsRevoked: MetricUnit.Count,
} as const;

export type MetricName = keyof typeof UNITS;
export type MetricValues = Readonly<Partial<Record<MetricName, number>>>;

export interface MetricPlace {
  readonly namespace: string;
  /** The one dimension. */
  readonly serviceName: string;
}

/** Prints the values as one line that CloudWatch turns into metrics. Zeros too: an alarm needs data to recover by. */
export function emitMetrics(place: MetricPlace, values: MetricValues): void {
  const metrics = new Metrics(place);
  for (const [name, unit] of Object.entries(UNITS)) {
    const value = values[name as MetricName];
    if (value !== undefined) metrics.addMetric(name, unit, value);
  }
  metrics.publishStoredMetrics();
}
