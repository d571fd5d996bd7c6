import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { bearerToken } from "./bearer.ts";
import type { Call } from "./calls.ts";
import { endpoints } from "./endpoints.ts";
import { type Answer, type Endpoint, type Exchange, jsonOf, mediaType, unsupportedPath } from "./exchange.ts";
import type { Fault } from "./faults.ts";
import type { World } from "./world.ts";

export async function listen(server: Server, port: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject).listen(port, "127.0.0.1", resolve);
  await promise;
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

// Longer than clients keep idle connections: only scripted faults may cut one.
const KEEP_ALIVE_MS = 120_000;

export function tiktokServer(world: () => World): Server {
  return createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (incoming, response) => {
    serve(world(), incoming, response).catch((error: unknown) => {
      // A client that goes away while it is sending is one of the faults that are played here.
      if (!incoming.complete) return response.destroy();
      response.writeHead(500, { "content-type": "text/plain" }).end(`The fake itself failed: ${error}`);
    });
  });
}

async function serve(world: World, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(incoming.url ?? "/", world.origin);
  const method = incoming.method ?? "GET";
  const endpoint = endpoints.find((known) => known.method === method && known.path === url.pathname);
  const body = endpoint?.streams ? "" : await text(incoming);
  const exchange: Exchange = { method, url, incoming, body };
  const call = noted(exchange, endpoint, world);
  const { fault } = call;

  await pause(world.settings.latencyMs + (fault?.when === "after" ? 0 : (fault?.delayMs ?? 0)));
  if (fault && actsNot(fault)) {
    call.outcome = "not reached";
    return fault.drop === "before" ? cut(response) : send(response, scripted(fault));
  }
  const answer = endpoint ? await endpoint.act(exchange, world) : unsupportedPath;
  call.outcome = answer.outcome;
  await pause(fault?.when === "after" ? (fault.delayMs ?? 0) : 0);
  if (fault?.drop === "after") return cut(response);
  send(response, fault && speaks(fault) ? scripted(fault) : answer);
}

const pause = (milliseconds: number) => (milliseconds > 0 ? sleep(milliseconds, undefined, { ref: false }) : undefined);

const speaks = ({ status, body }: Fault): boolean => status !== undefined || body !== undefined;

const actsNot = (fault: Fault): boolean =>
  fault.drop === "before" || (fault.drop === undefined && fault.when !== "after" && speaks(fault));

const cut = (response: ServerResponse): void => {
  response.socket?.resetAndDestroy();
};

function send(response: ServerResponse, { status, headers, body }: Pick<Answer, "status" | "headers" | "body">): void {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) }).end(body);
}

function scripted({ status = 200, body = "", headers }: Fault): Pick<Answer, "status" | "headers" | "body"> {
  if (typeof body === "object")
    return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
  return { status, headers: { "content-type": "text/html", ...headers }, body };
}

function noted({ method, url, incoming, body }: Exchange, endpoint: Endpoint | undefined, world: World): Call {
  const form = mediaType(incoming) === "application/x-www-form-urlencoded" ? new URLSearchParams(body) : undefined;
  const grantType = form?.get("grant_type");
  const name = endpoint ? [endpoint.name, ...(grantType ? [grantType] : [])].join(":") : "unsupported";
  const presented = form?.get("code") ?? form?.get("refresh_token") ?? form?.get("token") ?? bearerToken(incoming);
  const verifier = form?.get("code_verifier");
  for (const secret of [presented, verifier]) if (secret) world.saw(secret);
  const openId = form?.get("account") ?? (presented === undefined ? undefined : world.ledger.ownerOf(presented));
  const call: Call = {
    endpoint: name,
    method,
    path: url.pathname,
    at: world.clock(),
    query: url.searchParams,
    form,
    body: jsonOf({ incoming, body }),
    openId,
    fault: endpoint && world.faults.next(name, openId),
    outcome: "pending",
  };
  world.calls.push(call);
  return call;
}
