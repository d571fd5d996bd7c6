import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface FunctionError {
  readonly errorType?: string;
  readonly errorMessage: string;
  readonly trace?: string[];
}
export type Invocation =
  | { readonly type: "ok"; readonly value: unknown }
  | { readonly type: "error" | "timeout" | "exit"; readonly error: FunctionError };

export interface RuntimeApi {
  readonly address: string;
  /** Settles when the runtime first asks for work, or says why it cannot. */
  readonly ready: Promise<FunctionError | undefined>;
  /** One at a time. Settles with the runtime's answer, or by `fail`. */
  invoke(event: unknown): Promise<Invocation>;
  fail(failure: Invocation): void;
  close(): void;
}

interface Work {
  readonly id: string;
  readonly event: unknown;
  settle(result: Invocation): void;
}

/** The Lambda Runtime API (2018-06-01) for one execution environment. */
export async function startRuntimeApi(limits: { functionName: string; timeoutMs: number }): Promise<RuntimeApi> {
  const ready = Promise.withResolvers<FunctionError | undefined>();
  let work: Work | undefined;
  let idle: ServerResponse | undefined;

  function give(to: ServerResponse, { id, event }: Work): void {
    idle = undefined;
    to.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": id,
      "lambda-runtime-deadline-ms": Date.now() + limits.timeoutMs,
      "lambda-runtime-invoked-function-arn": `arn:aws:lambda:eu-central-1:000000000000:function:${limits.functionName}`,
      "lambda-runtime-trace-id": traceId(),
    }).end(JSON.stringify(event));
  }

  function settle(result: Invocation): void {
    work?.settle(result);
    work = undefined;
  }

  const server = createServer((request, response) => void route(request, response));

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.replace("/2018-06-01/runtime/", "");
    if (path === "invocation/next") {
      ready.resolve(undefined);
      idle = response;
      if (work) give(response, work);
      return;
    }
    const body = await text(request);
    response.writeHead(202).end();
    if (path === "init/error") ready.resolve(JSON.parse(body));
    else if (path === `invocation/${work?.id}/response`) settle({ type: "ok", value: parsed(body) });
    else if (path === `invocation/${work?.id}/error`) settle({ type: "error", error: JSON.parse(body) });
  }

  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    ready: ready.promise,
    invoke(event) {
      const { promise, resolve } = Promise.withResolvers<Invocation>();
      work = { id: randomUUID(), event, settle: resolve };
      if (idle) give(idle, work);
      return promise;
    },
    fail(failure) {
      if (failure.type !== "ok") ready.resolve(failure.error);
      settle(failure);
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

// a handler that returns nothing answers with an empty body
const parsed = (body: string): unknown => (body === "" ? undefined : JSON.parse(body));

function traceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${randomUUID().replaceAll("-", "").slice(0, 24)};Sampled=0`;
}
