/** List prices in US dollars, us-east-1, as known on 2026-11-23. None was read from a bill: put yours. */
export const PRICES = {
  lambdaGbSecondArm: 0.0000133334,
  lambdaRequest: 0.2 / 1e6,
  httpApiRequest: 1 / 1e6,
  schedulerStart: 1 / 1e6,
  logGigabyte: 0.5,
  metricMonth: 0.3,
  alarmMonth: 0.1,
  dashboardMonth: 3,
  secretMonth: 0.4,
  secretRead: 0.05 / 10_000,
  keyMonth: 1,
} as const;

/** Atlas clusters of three members on AWS, and what we take one to bear: majority writes a second and gigabytes stored. */
export const CLUSTERS = [
  { name: "M10", month: 57, writes: 300, gigabytes: 10 },
  { name: "M20", month: 146, writes: 600, gigabytes: 20 },
  { name: "M30", month: 394, writes: 1_500, gigabytes: 40 },
  { name: "M40", month: 759, writes: 3_000, gigabytes: 80 },
  { name: "M50", month: 1_460, writes: 6_000, gigabytes: 160 },
  { name: "M60", month: 2_884, writes: 12_000, gigabytes: 320 },
  { name: "M80", month: 5_329, writes: 20_000, gigabytes: 750 },
] as const;

export const LOAD = {
  /** Of the access token's life, when it is refreshed: the middle of 0.70 and 0.85. */
  refreshedAt: 0.775,
  /** What one worker does, TikTok taking 300 ms, 50 in flight: bench/results/refresh.md. */
  refreshesPerSecond: 155,
  databaseCommandsPerRefresh: 1.025,
  gigabytesOfMemory: 0.5,
  /** One account's document with its share of the indexes, its events and its posts. */
  bytesPerAccount: 4_000,
  httpRequestsPerAccountMonth: 10,
  httpSeconds: 0.05,
  tokenCallsPerAccountMonth: 30,
  tokenSeconds: 0.02,
  logBytesPerInvocation: 600,
  metrics: 60,
  alarms: 75,
} as const;
