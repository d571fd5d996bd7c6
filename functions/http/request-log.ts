import type { Logger } from "@aws-lambda-powertools/logger";
import { type HttpEvent, requestIdOf } from "../../lib/http/request.ts";
import { loggerOf } from "../runtime.ts";

/** A function's log for one request: every line carries the id that the person can quote. */
export function requestLog(functionName: string): (event: HttpEvent) => Logger {
  const logger = loggerOf(functionName);
  return (event) => logger.createChild({ persistentKeys: { requestId: requestIdOf(event) } });
}
