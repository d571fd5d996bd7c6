import { httpEndpoint } from "../lib/http/endpoint.ts";
import { requestIdOf } from "../lib/http/request.ts";
import { json } from "../lib/http/responses.ts";
import { openApiDocument } from "./http/api/document.ts";
import { operations } from "./http/api/operations.ts";
import { postingServicesOf } from "./jobs/posting-dependencies.ts";
import { HTTP_POOL, lazyRuntime, loggerOf } from "./runtime.ts";

const runtime = lazyRuntime("openapi", HTTP_POOL);
const logger = loggerOf("openapi");

/** Describes the API to tools. */
export const handler = httpEndpoint(async () => json(200, openApiDocument(operations(postingServicesOf(runtime())))), {
  log: (event) => logger.createChild({ persistentKeys: { requestId: requestIdOf(event) } }),
});
