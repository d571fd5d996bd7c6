/** Every metric there is and its unit. Alarms are built on these names. */
const UNITS = {
  RefreshClaimed: "Count",
  RefreshSucceeded: "Count",
  RefreshKept: "Count",
  RefreshBackedOff: "Count",
  RefreshReleased: "Count",
  RefreshFailed: "Count",
  NeedsReauth: "Count",
  RotationInDoubt: "Count",
  Rotations: "Count",
  PairRescued: "Count",
  PairLost: "Count",
  ClientRefused: "Count",
  ProviderFailures: "Count",
  OldestDueAgeSeconds: "Seconds",
  RevocationsPending: "Count",
  EventsPublished: "Count",
  TokenUnreadable: "Count",
  RescueApplied: "Count",
  RescueFailed: "Count",
  AccountsChecked: "Count",
  AccountsOverdue: "Count",
  LinksBroken: "Count",
  AuditUnfinished: "Count",
  ConnectionBegun: "Count",
  ConnectionLinked: "Count",
  ConnectionFailed: "Count",
  StateInvalid: "Count",
  WebhookRefused: "Count",
  AccountsRevoked: "Count",
} as const;

export type MetricName = keyof typeof UNITS;
export type MetricValues = Readonly<Partial<Record<MetricName, number>>>;

export interface MetricPlace {
  readonly namespace: string;
  /** The one dimension. */
  readonly serviceName: string;
}

/**
 * Prints the values as one line in CloudWatch's embedded metric format. Zeros too: an alarm needs data to recover by. Not by the console,
 * which Lambda makes a log record of.
 */
export function emitMetrics({ namespace, serviceName }: MetricPlace, values: MetricValues): void {
  const Metrics = Object.entries(UNITS)
    .filter(([name]) => values[name as MetricName] !== undefined)
    .map(([Name, Unit]) => ({ Name, Unit }));
  const directive = { Namespace: namespace, Dimensions: [["service"]], Metrics };
  const _aws = { Timestamp: Date.now(), CloudWatchMetrics: [directive] };
  process.stdout.write(`${JSON.stringify({ _aws, service: serviceName, ...values })}\n`);
}
