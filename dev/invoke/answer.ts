import type { Invocation } from "../lambda/runtime-api.ts";

interface HttpAnswer {
  statusCode: number;
  headers?: Record<string, string>;
  cookies?: string[];
  body?: string;
}

export function succeeded(result: Invocation): boolean {
  return result.type === "ok" && !(isHttp(result.value) && result.value.statusCode >= 500);
}

/** The answer as a person reads it: status, headers and body of a response, else the result itself. */
export function printed(result: Invocation): string {
  if (result.type !== "ok") return `${result.type}: ${result.error.errorType ?? ""} ${result.error.errorMessage}`;
  if (!isHttp(result.value)) return JSON.stringify(result.value, null, 2) ?? "nothing";
  const { statusCode, headers = {}, cookies = [], body = "" } = result.value;
  const lines = Object.entries(headers).map(([header, value]) => `${header}: ${value}`);
  return [`HTTP ${statusCode}`, ...lines, ...cookies.map((cookie) => `set-cookie: ${cookie}`), "", body].join("\n");
}

function isHttp(value: unknown): value is HttpAnswer {
  return typeof value === "object" && value !== null && "statusCode" in value;
}
