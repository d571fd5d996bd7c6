import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { World } from "./world.ts";

export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly incoming: IncomingMessage;
  /** Empty at endpoints that read the request as a stream. */
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: string;
  readonly outcome: string;
}

/** One thing TikTok offers: where, and what it does there. */
export interface Endpoint {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly streams?: true;
  readonly act: (exchange: Exchange, world: World) => Answer | Promise<Answer>;
}

const INT64_MARK = /"int64:(\d+)"/g;

/** Marks a number that JSON.stringify cannot write without loss; `wireJson` writes it bare. */
export const int64 = (value: bigint): string => `int64:${value}`;

export const wireJson = (body: object): string => JSON.stringify(body).replace(INT64_MARK, "$1");

export function json(status: number, body: object, outcome: string): Answer {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: wireJson(body),
    outcome,
  };
}

export const logId = (now: Date): string =>
  now.toISOString().replace(/\D/g, "").slice(0, 14) + randomBytes(9).toString("hex").toUpperCase();

/** The flat error of the token and revoke endpoints. */
export function refused({ settings, clock }: World, error: string, description: string): Answer {
  const body = { error, error_description: description, log_id: logId(clock()) };
  return json(settings.tokenErrorStatus, body, error);
}

/** The envelope of the data endpoints. */
export function succeeded({ clock }: World, data: object): Answer {
  return json(200, { data, error: { code: "ok", message: "", log_id: logId(clock()) } }, "ok");
}

export function failed({ clock }: World, status: number, code: string, message: string): Answer {
  return json(status, { data: {}, error: { code, message, log_id: logId(clock()) } }, code);
}

export const unsupportedPath: Answer = {
  status: 404,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body: "Unsupported path(Janus)",
  outcome: "unsupported path",
};

export const mediaType = ({ headers }: IncomingMessage): string =>
  (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";

/** The request's JSON, or undefined where it is none or does not say so. */
export function jsonOf({ incoming, body }: Pick<Exchange, "incoming" | "body">): unknown {
  if (mediaType(incoming) !== "application/json") return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
