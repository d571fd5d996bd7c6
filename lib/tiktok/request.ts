import type { TikTokApp } from "./app.ts";
import { TikTokUnavailable } from "./errors.ts";
import type { IncomingAnswer, OutgoingRequest } from "./exchange.ts";
import { parseLosslessJson } from "./lossless-json.ts";

export interface TikTokAnswer {
  readonly status: number;
  /** The parsed body; undefined when it is empty or no JSON. */
  readonly body: unknown;
  readonly empty: boolean;
  readonly retryAfterMs: number | undefined;
  /** The clock before the request was sent: lifetimes count from here, on the safe side. */
  readonly sentAt: Date;
}

export interface TikTokRequest {
  readonly operation: string;
  readonly path: string;
  /** Carries the deadline as its signal. */
  readonly init: Omit<OutgoingRequest, "redirect">;
}

/** One exchange with TikTok within its deadline, body included; redirects are refused. */
export async function askTikTok(app: TikTokApp, { operation, path, init }: TikTokRequest): Promise<TikTokAnswer> {
  const sentAt = app.clock();
  try {
    const response = await app.fetch(new URL(path, app.apiOrigin), { ...init, redirect: "error" });
    const text = await response.text();
    const body = parseLosslessJson(text);
    return { status: response.status, body, empty: text === "", retryAfterMs: retryAfter(response, sentAt), sentAt };
  } catch (cause) {
    const reason = connectionError(cause);
    throw new TikTokUnavailable(operation, {
      reason,
      connection: true,
      mayHaveArrived: !NEVER_SENT.has(reason),
      cause,
    });
  }
}

const NEVER_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

function connectionError(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error instanceof AggregateError) return connectionError(error.errors[0]);
  return error.cause instanceof Error ? connectionError(error.cause) : error.name;
}

function retryAfter(response: IncomingAnswer, now: Date): number | undefined {
  const header = response.headers.get("retry-after");
  if (header === null) return undefined;
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now.getTime();
  return Number.isFinite(milliseconds) && milliseconds >= 0 ? milliseconds : undefined;
}
