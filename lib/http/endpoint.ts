import middy from "@middy/core";
import httpErrorHandler from "@middy/http-error-handler";
import type { Context } from "aws-lambda";
import type { Log } from "../observability/log.ts";
import { HttpProblem } from "./problem.ts";
import { type HttpEvent, requestIdOf } from "./request.ts";
import { responseHeaders } from "./response-headers.ts";
import { type HttpResponse, json } from "./responses.ts";

export interface EndpointOptions {
  log(event: HttpEvent): Log;
  /** The code that a failed request is logged under; by default the problem's own. */
  codeOf?(error: unknown): string;
  /** What a failed request is answered with; by default the JSON error that the failure describes. */
  onFailure?(event: HttpEvent, error: unknown): HttpResponse;
}

/** The one stack that every HTTP function stands in: protective headers, one log line for a failure, an answer in any case. */
export function httpEndpoint(
  handle: (event: HttpEvent, context: Context) => Promise<HttpResponse>,
  { log, codeOf = problemCode, onFailure }: EndpointOptions,
) {
  return middy<HttpEvent, HttpResponse>()
    .use(responseHeaders())
    .use({ onError: jsonErrorBody })
    .use(
      httpErrorHandler({ logger: false, fallbackMessage: "Something went wrong on our side. Try again in a moment." }),
    )
    .use({
      onError: (request) => {
        logFailure(log(request.event), codeOf(request.error), request.error);
        if (onFailure) request.response = onFailure(request.event, request.error);
      },
    })
    .handler(handle);
}

const problemCode = (error: unknown): string => (error instanceof HttpProblem ? error.code : "internal");

function logFailure(log: Log, outcome: string, error: unknown): void {
  if (error instanceof HttpProblem && error.statusCode < 500) log.info("request refused", { outcome });
  else log.error("request failed", { outcome, error });
}

/** The error handler answers plain text: the contract is an object with the code to branch on and the id to quote. */
function jsonErrorBody(request: middy.Request<HttpEvent, HttpResponse>): void {
  const { error, response } = request;
  if (response?.headers?.location) return;
  const code = problemCode(error);
  const { statusCode, headers, body } = json(response?.statusCode ?? 500, {
    error: { code, message: response?.body, requestId: requestIdOf(request.event) },
  });
  request.response = { ...response, statusCode, headers: { ...response?.headers, ...headers }, body };
}
