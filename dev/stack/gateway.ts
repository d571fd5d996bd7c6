import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import * as z from "zod";
import { httpEvent } from "../lambda/payload.ts";
import type { Lambdas } from "./lambdas.ts";
import type { Plan } from "./template.ts";

export interface Gateway {
  /** Answers a request whose path starts at the API's base, as an HTTP API would; says which function did it. */
  answer(path: string, query: string, incoming: IncomingMessage, response: ServerResponse): Promise<string | undefined>;
}

const Answer = z.object({
  statusCode: z.coerce.number().default(200),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).default({}),
  cookies: z.array(z.string()).default([]),
  body: z.string().default(""),
  isBase64Encoded: z.boolean().default(false),
});

/** Routes as API Gateway does, payload format 2.0, integration failures included. */
export function gateway(routes: Plan["routes"], lambdas: Lambdas): Gateway {
  const known = routes.map(({ routeKey, functionName }) => ({ routeKey, functionName, ...matcher(routeKey) }));
  return {
    async answer(path, query, incoming, response) {
      const method = incoming.method ?? "GET";
      const route = known.find((candidate) => candidate.method === method && candidate.pattern.test(path));
      if (!route) {
        sendMessage(response, 404, "Not Found");
        return undefined;
      }
      const { cookie, host, ...headers } = incoming.headers;
      const event = httpEvent({
        method,
        path,
        query,
        headers: { ...present(headers), "x-forwarded-proto": "http" },
        host: host ?? "localhost",
        cookies: cookie?.split(/;\s*/) ?? [],
        sourceIp: "127.0.0.1",
        routeKey: route.routeKey,
        pathParameters: parametersIn(route.pattern, path),
        ...(await bodyOf(incoming)),
      });
      const invocation = await lambdas.invoke(route.functionName, event);
      if (invocation.type === "timeout") sendMessage(response, 503, "Service Unavailable");
      else if (invocation.type !== "ok") sendMessage(response, 500, "Internal Server Error");
      else send(response, Answer.parse(invocation.value ?? {}));
      return route.functionName;
    },
  };
}

function matcher(routeKey: string) {
  const [method = "", path = ""] = routeKey.split(" ");
  const pattern = path.replaceAll(/[.]/g, "\\.").replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)");
  return { method, pattern: new RegExp(`^${pattern}$`) };
}

function parametersIn(pattern: RegExp, path: string): Record<string, string> | undefined {
  const groups = pattern.exec(path)?.groups;
  return groups && Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decoded(value)]));
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<{ body?: Uint8Array }> {
  const body = await buffer(incoming);
  return body.length > 0 ? { body } : {};
}

const present = (headers: IncomingMessage["headers"]): Record<string, string | string[]> =>
  Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

function send(
  response: ServerResponse,
  { statusCode, headers, cookies, body, isBase64Encoded }: z.infer<typeof Answer>,
) {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (cookies.length > 0) response.setHeader("set-cookie", cookies);
  response.writeHead(statusCode).end(isBase64Encoded ? Buffer.from(body, "base64") : body);
}

const sendMessage = (response: ServerResponse, status: number, message: string) =>
  void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ message }));
