import { randomUUID } from "node:crypto";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";

export interface HttpRequest {
  method?: string;
  path: string;
  /** Without the question mark, encoded as the browser sent it. */
  query?: string;
  /** A list stands for a header sent several times. */
  headers?: Record<string, string | string[]>;
  /** `name=value`, as the browser sent them. */
  cookies?: string[];
  body?: string | Uint8Array;
  /** Default: `${method} ${path}`, a route without path parameters. */
  routeKey?: string;
  pathParameters?: Record<string, string>;
  requestId?: string;
  sourceIp?: string;
  host?: string;
  now?: Date;
}

/** The event an API Gateway HTTP API passes to a function, payload format 2.0. What is empty is absent, as there. */
export function httpEvent(request: HttpRequest): APIGatewayProxyEventV2 {
  const { method = "GET", path, query = "", sourceIp = "203.0.113.7", host = "abc123.execute-api.local" } = request;
  const routeKey = request.routeKey ?? `${method} ${path}`;
  const now = request.now ?? new Date();
  const headers: Record<string, string> = {
    host,
    "x-forwarded-for": sourceIp,
    "x-forwarded-proto": "https",
    ...lowerCased(request.headers ?? {}),
  };
  return {
    version: "2.0",
    routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(request.cookies?.length ? { cookies: request.cookies } : {}),
    headers,
    ...(query === "" ? {} : { queryStringParameters: joined(new URLSearchParams(query)) }),
    requestContext: {
      accountId: "000000000000",
      apiId: "abc123",
      domainName: host,
      domainPrefix: host.split(".")[0] ?? host,
      http: { method, path, protocol: "HTTP/1.1", sourceIp, userAgent: headers["user-agent"] ?? "" },
      requestId: request.requestId ?? randomUUID(),
      routeKey,
      stage: "$default",
      time: gatewayTime(now),
      timeEpoch: now.getTime(),
    },
    ...(request.pathParameters ? { pathParameters: request.pathParameters } : {}),
    ...encodedBody(request.body, headers),
  };
}

/** What a handler gets as its second argument when it is called without a Lambda. The time counts down. */
export function lambdaContext({
  remainingMs = 28_000,
  functionName = "local",
  requestId = randomUUID(),
} = {}): Context {
  const deadline = performance.now() + remainingMs;
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: false,
    functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:eu-central-1:000000000000:function:${functionName}`,
    memoryLimitInMB: "512",
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: "local",
    getRemainingTimeInMillis: () => Math.max(0, Math.round(deadline - performance.now())),
    done() {},
    fail() {},
    succeed() {},
  };
}

function lowerCased(headers: Record<string, string | string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value].flat().join(",")]),
  );
}

function joined(query: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name).join(",")]));
}

// the gateway decides by content type, and a form is not text to it
const TEXT = /^(?:text\/|application\/(?:json|xml|javascript)|application\/[^;]*\+(?:json|xml))/i;

function encodedBody(body: string | Uint8Array | undefined, headers: Record<string, string>) {
  if (body === undefined) return { isBase64Encoded: false };
  const isText = TEXT.test(headers["content-type"] ?? "") && headers["content-encoding"] === undefined;
  return isText
    ? { body: Buffer.from(body).toString("utf8"), isBase64Encoded: false }
    : { body: Buffer.from(body).toString("base64"), isBase64Encoded: true };
}

/** `23/Nov/2026:11:43:18 +0000` */
function gatewayTime(at: Date): string {
  const [, day, month, year, time] = at.toUTCString().split(" ");
  return `${day}/${month}/${year}:${time} +0000`;
}
