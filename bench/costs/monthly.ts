import { CLUSTERS, LOAD, PRICES } from "./inputs.ts";

export interface MonthlyCosts {
  readonly refreshesPerSecond: number;
  /** Refresh workers that have to run all the time, so that nothing waits. */
  readonly workers: number;
  readonly refreshing: number;
  readonly serving: number;
  readonly observing: number;
  readonly cluster: string;
  readonly database: number;
  readonly total: number;
}

const DAYS = 30;
const SECONDS = DAYS * 86_400;
const RUNS = SECONDS / 300;
const ENVIRONMENT_READS = SECONDS / 300;

/** What a month costs with so many accounts, whose access tokens live so many hours. */
export function monthlyCosts(accounts: number, tokenHours: number): MonthlyCosts {
  const refreshesPerSecond = accounts / (tokenHours * 3600 * LOAD.refreshedAt);
  const busySeconds = (refreshesPerSecond * SECONDS) / LOAD.refreshesPerSecond;
  const workers = Math.max(1, Math.ceil(busySeconds / SECONDS));
  const refreshing =
    lambda(RUNS * workers, busySeconds + RUNS) +
    RUNS * workers * PRICES.schedulerStart +
    workers * ENVIRONMENT_READS * PRICES.secretRead;

  const requests = accounts * LOAD.httpRequestsPerAccountMonth;
  const tokenCalls = accounts * LOAD.tokenCallsPerAccountMonth;
  const serving =
    lambda(requests, requests * LOAD.httpSeconds) +
    requests * PRICES.httpApiRequest +
    lambda(tokenCalls, tokenCalls * LOAD.tokenSeconds);

  const logged = ((requests + tokenCalls + RUNS * workers) * LOAD.logBytesPerInvocation) / 1e9;
  const observing =
    logged * PRICES.logGigabyte +
    LOAD.metrics * PRICES.metricMonth +
    LOAD.alarms * PRICES.alarmMonth +
    PRICES.dashboardMonth +
    PRICES.secretMonth +
    PRICES.keyMonth;

  const { name, month } = clusterFor(
    refreshesPerSecond * LOAD.databaseCommandsPerRefresh,
    (accounts * LOAD.bytesPerAccount) / 1e9,
  );
  const total = refreshing + serving + observing + month;
  return { refreshesPerSecond, workers, refreshing, serving, observing, cluster: name, database: month, total };
}

const lambda = (invocations: number, seconds: number): number =>
  invocations * PRICES.lambdaRequest + seconds * LOAD.gigabytesOfMemory * PRICES.lambdaGbSecondArm;

/** The smallest cluster that bears it; several of the largest, as shards, where none does. */
function clusterFor(writes: number, gigabytes: number): { name: string; month: number } {
  const fitting = CLUSTERS.find((cluster) => cluster.writes >= writes && cluster.gigabytes >= gigabytes);
  if (fitting) return fitting;
  const largest = CLUSTERS[CLUSTERS.length - 1] ?? CLUSTERS[0];
  const shards = Math.ceil(Math.max(writes / largest.writes, gigabytes / largest.gigabytes));
  return { name: `${shards} × ${largest.name}`, month: shards * largest.month };
}
