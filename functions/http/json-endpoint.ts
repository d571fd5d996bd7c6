import type { Logger } from "@aws-lambda-powertools/logger";
import { httpEndpoint } from "../../lib/http/endpoint.ts";
import { HttpProblem } from "../../lib/http/problem.ts";
import { type HttpEvent, headerOf, methodOf } from "../../lib/http/request.ts";
import type { HttpResponse } from "../../lib/http/responses.ts";
import type { Database } from "../../lib/mongo/connection.ts";
import { within } from "../../lib/mongo/deadline.ts";
import { isStorageFailure } from "../../lib/mongo/errors.ts";
import { HTTP_POOL, lazyRuntime, type Runtime } from "../runtime.ts";
import { requestLog } from "./request-log.ts";
import { signedInUser } from "./session.ts";

const BUDGET_MS = 12_000;

export interface Call {
  readonly event: HttpEvent;
  readonly runtime: Runtime;
  readonly database: Database;
  readonly log: Logger;
}

/** A function that answers JSON; a database failure is 503, so that the caller tries again. */
export function jsonEndpoint(
  name: string,
  answer: (call: Call) => Promise<HttpResponse>,
  isUnavailability: (error: unknown) => boolean = isStorageFailure,
) {
  const runtime = lazyRuntime(name, HTTP_POOL);
  const log = requestLog(name);
  const go = async (event: HttpEvent) =>
    runtime().mongo.use((database) => answer({ event, runtime: runtime(), database, log: log(event) }));
  return httpEndpoint(
    (event) =>
      within(BUDGET_MS, go(event)).catch((error: unknown) => {
        if (!isUnavailability(error)) throw error;
        throw new HttpProblem("unavailable", "The service is not available. Try again in a moment.", { cause: error });
      }),
    { log },
  );
}

/**
 * The signed-in user's id. What comes from another site's page is refused before anything is read; a change whose origin nobody tells, once
 * it is somebody's: a browser would have told.
 */
export async function authenticated({ event, database, runtime }: Call): Promise<string> {
  const method = methodOf(event);
  const origin = headerOf(event, "origin");
  const isAllowed =
    method === "GET" || method === "HEAD" || (origin !== undefined && runtime.env.ALLOWED_ORIGINS.includes(origin));
  if (!isAllowed && origin !== undefined) throw foreignOrigin();
  const userId = await signedInUser(event, database, runtime);
  if (userId === undefined) throw new HttpProblem("unauthenticated", "Sign in first.");
  if (!isAllowed) throw foreignOrigin();
  return userId;
}

const foreignOrigin = () => new HttpProblem("forbidden_origin", "This may only be asked for by the app's own pages.");
