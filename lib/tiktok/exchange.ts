import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as overHttp } from "node:http";
import { Agent as HttpsAgent, request as overHttps } from "node:https";
import { setImmediate as oneTurn } from "node:timers/promises";

export interface OutgoingRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams | Uint8Array<ArrayBuffer>;
  readonly redirect: "error" | "manual";
  /** Ends the exchange, its answer's body included. */
  readonly signal: AbortSignal;
}

export interface IncomingAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** As much of `fetch` as is used here. */
export type Exchange = (url: string | URL, request: OutgoingRequest) => Promise<IncomingAnswer>;

// a connection that was idle while the function was frozen is most likely dead
const reused = { keepAlive: true, timeout: 4_000 };
const agents = { http: new HttpAgent(reused), https: new HttpsAgent(reused) };

/**
 * One HTTP/1.1 exchange on modules that the database driver and the AWS SDK load anyway: a process's first global fetch costs 60 ms more.
 * Redirects are never followed. Rejects with the connection's own error, or with the signal's reason.
 */
export async function exchange(url: string | URL, outgoing: OutgoingRequest): Promise<IncomingAnswer> {
  await closedConnectionsNoticed();
  const { promise, resolve, reject } = Promise.withResolvers<IncomingAnswer>();
  open(new URL(url), outgoing)
    .on("response", (response) => receive(response).then(resolve, reject))
    .on("error", reject)
    .end(outgoing.body instanceof URLSearchParams ? outgoing.body.toString() : outgoing.body);
  const answer = await promise.catch((error: unknown) => {
    throw outgoing.signal.aborted ? outgoing.signal.reason : error;
  });
  if (outgoing.redirect === "error" && answer.status >= 300 && answer.status < 400 && answer.headers.get("location"))
    throw Object.assign(new Error("A redirect is not followed"), { code: "REDIRECTED" });
  return answer;
}

/** One whole turn of the event loop: a request on a connection that the other side has closed would count as lost. */
async function closedConnectionsNoticed(): Promise<void> {
  await oneTurn();
  await oneTurn();
}

function open(url: URL, { method, headers, body, signal }: OutgoingRequest): ClientRequest {
  const form = body instanceof URLSearchParams && { "content-type": "application/x-www-form-urlencoded;charset=UTF-8" };
  const options = { method, signal, headers: { accept: "*/*", "user-agent": "connect-tiktok", ...form, ...headers } };
  return url.protocol === "https:"
    ? overHttps(url, { ...options, agent: agents.https })
    : overHttp(url, { ...options, agent: agents.http });
}

async function receive(response: IncomingMessage): Promise<IncomingAnswer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString("utf8");
  return {
    status: response.statusCode ?? 0,
    headers: { get: (name) => [response.headers[name]].flat().join(", ") || null },
    text: async () => body,
  };
}
