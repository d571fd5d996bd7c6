import type { Fault } from "./faults.ts";

/** One request that reached the fake. */
export interface Call {
  /** As in `fault()`; a request to no known path is `unsupported`. */
  readonly endpoint: string;
  readonly method: string;
  readonly path: string;
  readonly at: Date;
  readonly query: URLSearchParams;
  readonly form?: URLSearchParams;
  readonly body?: unknown;
  readonly openId?: string;
  readonly fault?: Fault;
  /** `ok` or TikTok's code for what was done, `not reached` when a fault came first, `pending` until then. */
  outcome: string;
}
