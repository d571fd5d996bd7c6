/** TikTok answered, and the answer was no. */
export class TikTokRefused extends Error {
  override readonly name = "TikTokRefused";
  readonly code: string;
  readonly logId: string | undefined;
  /** TikTok's own words, shortened: for the log only. */
  readonly description: string | undefined;

  constructor(operation: string, refusal: Refusal) {
    super(`TikTok refused ${operation}: ${refusal.code}`);
    this.code = refusal.code;
    this.logId = refusal.logId;
    this.description = refusal.description?.slice(0, 200);
  }
}

export interface Refusal {
  readonly code: string;
  readonly description?: string | undefined;
  readonly logId?: string | undefined;
}

export interface Unavailability {
  /** The HTTP status or the connection's error code, for the log and the metric. */
  readonly reason: string;
  /** True when there was no whole HTTP answer: refused, cut or timed out. */
  readonly connection?: boolean;
  /** False when the request surely never reached TikTok, so that nothing can have happened there. */
  readonly mayHaveArrived: boolean;
  readonly retryAfterMs?: number | undefined;
  readonly logId?: string | undefined;
  readonly cause?: unknown;
}

/** No usable answer: a failure on TikTok's side or on the way there. Says nothing about the person or the token. */
export class TikTokUnavailable extends Error {
  override readonly name = "TikTokUnavailable";
  readonly reason: string;
  readonly isConnectionError: boolean;
  readonly mayHaveArrived: boolean;
  readonly retryAfterMs: number | undefined;
  readonly logId: string | undefined;

  constructor(
    operation: string,
    { reason, connection = false, mayHaveArrived, retryAfterMs, logId, cause }: Unavailability,
  ) {
    super(`TikTok gave no usable answer to ${operation}: ${reason}`, { cause });
    this.reason = reason;
    this.isConnectionError = connection;
    this.mayHaveArrived = mayHaveArrived;
    this.retryAfterMs = retryAfterMs;
    this.logId = logId;
  }
}
