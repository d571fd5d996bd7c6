import type { MiddlewareObj } from "@middy/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";

const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=31536000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

type HttpMiddleware = MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>;

/** The same protective headers on every answer, errors included. */
export function responseHeaders(): HttpMiddleware {
  const setHeaders: NonNullable<HttpMiddleware["after"]> = (request) => {
    if (request.response) request.response.headers = { ...HEADERS, ...request.response.headers };
  };
  return { after: setHeaders, onError: setHeaders };
}
