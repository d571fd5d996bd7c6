import * as z from "zod";
import type { Invocation } from "../lambda/runtime-api.ts";

const LogLine = z.looseObject({ level: z.string(), message: z.string() });
const UNINTERESTING = new Set([
  "level",
  "message",
  "timestamp",
  "service",
  "sampling_rate",
  "xray_trace_id",
  "requestId",
]);

const clock = () => new Date().toTimeString().slice(0, 8);

/** `12:01:07  GET /api/accounts  200  accounts  34 ms` */
export function requestLine(request: {
  method: string;
  path: string;
  status: number;
  location: string | undefined;
  functionName: string | undefined;
  milliseconds: number;
}): string {
  const { method, path, status, location, functionName, milliseconds } = request;
  const target = location === undefined ? "" : ` to ${withoutSecrets(location)}`;
  return [
    clock(),
    `${method} ${path}`,
    `${status}${target}`,
    functionName ?? "no route",
    `${Math.round(milliseconds)} ms`,
  ].join("  ");
}

/** A redirect's target without the state, codes and ids in it. */
function withoutSecrets(location: string): string {
  const url = new URL(location, "http://localhost");
  const told = ["tiktok", "code"].flatMap((name) => {
    const value = url.searchParams.get("tiktok") === null ? null : url.searchParams.get(name);
    return value === null ? [] : [`${name}=${value}`];
  });
  return `${url.host}${url.pathname}${told.length > 0 ? `?${told.join("&")}` : ""}`;
}

/** `12:05:00  token-refresh (schedule)  refreshed 2  120 ms` */
export function jobLine(functionName: string, cause: string, result: Invocation, milliseconds: number): string {
  const outcome = result.type === "ok" ? counts(result.value) : result.error.errorMessage;
  return [clock(), `${functionName} (${cause})`, outcome, `${Math.round(milliseconds)} ms`].join("  ");
}

function counts(value: unknown): string {
  const numbers = Object.entries(Object(value)).filter(([, count]) => Number.isInteger(count) && count !== 0);
  return numbers.length > 0 ? numbers.map(([name, count]) => `${name} ${count}`).join(", ") : "nothing to do";
}

/** A function's warning or error on one line, what it prints by itself as it is; undefined for what a request's line says already. */
export function logLine(functionName: string, line: string): string | undefined {
  const json = jsonIn(line);
  if (isMetrics(json)) return undefined;
  const parsed = LogLine.safeParse(json);
  if (!parsed.success) return `          ${functionName}: ${line}`;
  const { level, message, ...fields } = parsed.data;
  if (level !== "WARN" && level !== "ERROR") return undefined;
  const details = Object.entries(fields)
    .filter(([name]) => !UNINTERESTING.has(name) && !/^(?:function|cold)/.test(name))
    .map(([name, value]) => `${name}=${typeof value === "object" ? (brief(value) ?? "") : value}`);
  return `          ${functionName} ${level.toLowerCase()}: ${[message, ...details].join(" ")}`;
}

// CloudWatch's embedded metric format
const isMetrics = (json: unknown) => json instanceof Object && "_aws" in json;

const brief = (value: unknown) => z.object({ message: z.string() }).safeParse(value).data?.message;

function jsonIn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
