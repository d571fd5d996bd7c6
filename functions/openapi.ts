import { httpEndpoint } from "../lib/http/endpoint.ts";
import { json } from "../lib/http/responses.ts";
import { openApiDocument } from "./http/api/document.ts";
import { operations } from "./http/api/operations.ts";
import { requestLog } from "./http/request-log.ts";
import { postingServicesOf } from "./jobs/posting-dependencies.ts";
import { HTTP_POOL, lazyRuntime } from "./runtime.ts";

const runtime = lazyRuntime("openapi", HTTP_POOL);

/** Describes the API to tools. */
export const handler = httpEndpoint(async () => json(200, openApiDocument(operations(postingServicesOf(runtime())))), {
  log: requestLog("openapi"),
});
