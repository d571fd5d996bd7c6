import type { Logger } from "@aws-lambda-powertools/logger";
import { failed, outcomeParameters, outcomeUrl } from "../../lib/connect/outcome.ts";
import type { FailureCode } from "../../lib/connect/outcome-codes.ts";
import { httpEndpoint } from "../../lib/http/endpoint.ts";
import type { HttpEvent } from "../../lib/http/request.ts";
import { type HttpResponse, redirect } from "../../lib/http/responses.ts";
import type { Database } from "../../lib/mongo/connection.ts";
import { within } from "../../lib/mongo/deadline.ts";
import { isStorageFailure } from "../../lib/mongo/errors.ts";
import { appOriginOrRelative, HTTP_POOL, lazyRuntime, metricsOf, type Runtime } from "../runtime.ts";
import { connectionMetrics } from "./connection-metrics.ts";
import { requestLog } from "./request-log.ts";

/** Less than the function's 28 s, so that a request that hangs still ends in a redirect. */
const BUDGET_MS = 25_000;

export interface Visit {
  readonly event: HttpEvent;
  readonly runtime: Runtime;
  readonly database: Database;
  readonly log: Logger;
}

/** A function that a browser navigates to: whatever happens, it answers a redirect, at worst to the app with the failure's code. */
export function navigation(
  name: string,
  visit: (visit: Visit) => Promise<HttpResponse>,
  returnToAfterFailure: (event: HttpEvent, appOrigin: string) => string,
) {
  const runtime = lazyRuntime(name, HTTP_POOL);
  const emitMetrics = metricsOf(name);
  const log = requestLog(name);
  const go = (event: HttpEvent) =>
    runtime().mongo.use((database) => visit({ event, runtime: runtime(), database, log: log(event) }));
  return httpEndpoint(async (event) => within(BUDGET_MS, go(event)), {
    log,
    codeOf,
    onFailure(event, error) {
      const code = codeOf(error);
      emitMetrics(connectionMetrics(code));
      const appOrigin = appOriginOrRelative();
      // without an origin only a relative address is sure to lead nowhere else
      if (appOrigin === undefined) return redirect(`/?${new URLSearchParams(outcomeParameters(failed(code)))}`);
      return redirect(outcomeUrl(appOrigin, returnToAfterFailure(event, appOrigin), failed(code)));
    },
  });
}

const codeOf = (error: unknown): FailureCode => (isStorageFailure(error) ? "storage_unavailable" : "internal");
