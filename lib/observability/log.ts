import { Logger } from "@aws-lambda-powertools/logger";
import { describeError } from "./describe-error.ts";

/** What every module logs with: a past-tense message that never varies, ids and outcomes as fields. */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error">;

const SECRET_NAME = /token$|secret|^code$|^state$|cookie|authorization|verifier|password|uri$/i;

/** The structured logger, its level from LOG_LEVEL. A field named like a secret is blanked even if somebody passes one. */
export const createLogger = (serviceName: string): Logger =>
  new Logger({ serviceName, jsonReplacerFn: withoutSecrets });

export function withoutSecrets(name: string, value: unknown): unknown {
  if (SECRET_NAME.test(name) && typeof value === "string") return "[redacted]";
  return value instanceof Error ? describeError(value) : value;
}
