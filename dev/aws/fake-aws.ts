import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json as readJson } from "node:stream/consumers";
import * as z from "zod";
import { type Clock, systemClock } from "../../lib/clock.ts";
import { type BusEvent, eventBridge } from "./event-bridge.ts";
import { AwsRefusal, type Service } from "./protocol.ts";
import { secretsManager } from "./secrets-manager.ts";
import { type FakeQueue, type QueueOptions, queues } from "./sqs.ts";

export type AwsService = "secretsmanager" | "sqs" | "events";

export interface FakeAws {
  readonly endpoint: string;
  /** Sets the secret's current value; the one before stays readable as AWSPREVIOUS. */
  putSecret(id: string, value: object | string): void;
  /** How often a secret's value was asked for. */
  readonly secretReads: number;
  /** The queue of that name, created when there is none. */
  queue(name: string, options?: QueueOptions): FakeQueue;
  /** Everything put on any event bus, in order. */
  readonly events: readonly BusEvent[];
  /** Answers the next calls of an action with this error code instead of acting. */
  failNext(service: AwsService, action: string, code: string, times?: number, status?: number): void;
  /** Every action called, as `sqs.SendMessage`. */
  readonly calls: readonly string[];
  stop(): Promise<void>;
}

const SERVICE_OF_TARGET: Readonly<Record<string, AwsService>> = {
  secretsmanager: "secretsmanager",
  AmazonSQS: "sqs",
  AWSEvents: "events",
};

interface ScriptedFailure {
  readonly call: string;
  readonly code: string;
  readonly status: number;
  left: number;
}

/** The few AWS actions this product uses, for the SDK's own clients. It checks neither signatures nor permissions. */
export async function startFakeAws(options: { port?: number; clock?: Clock } = {}): Promise<FakeAws> {
  const clock = options.clock ?? systemClock;
  const events: BusEvent[] = [];
  const calls: string[] = [];
  const failures: ScriptedFailure[] = [];
  const secrets = secretsManager(clock);
  const sqs = queues(clock, () => endpoint);
  const services: Record<AwsService, Service> = {
    secretsmanager: secrets.service,
    sqs: sqs.service,
    events: eventBridge(clock, events),
  };

  async function answer(incoming: IncomingMessage, signal: AbortSignal): Promise<object> {
    const [target = "", action = ""] = String(incoming.headers["x-amz-target"]).split(/\.(?=[^.]*$)/);
    const service = SERVICE_OF_TARGET[target.split("_")[0] ?? ""];
    const act = service && services[service][action];
    const input = await readJson(incoming);
    if (!act) throw new AwsRefusal("UnknownOperationException", `This fake does not know ${target}.${action}`);
    const call = `${service}.${action}`;
    calls.push(call);
    const failure = failures.find((scripted) => scripted.call === call && scripted.left > 0);
    if (failure) {
      failure.left -= 1;
      throw new AwsRefusal(failure.code, "Scripted failure", { status: failure.status });
    }
    return act(input, signal);
  }

  const server = createServer({ keepAliveTimeout: 120_000 }, (incoming, response) => {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    answer(incoming, gone.signal).then(
      (output) => send(response, 200, output),
      (error: unknown) => sendRefusal(response, error),
    );
  });
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject).listen(options.port ?? 0, "127.0.0.1", listening.resolve);
  await listening.promise;
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === "object" ? address?.port : address}`;

  return {
    endpoint,
    putSecret: (id, value) => secrets.put(id, typeof value === "string" ? value : JSON.stringify(value)),
    get secretReads() {
      return secrets.reads;
    },
    queue: sqs.queue,
    events,
    calls,
    failNext(service, action, code, times = 1, status = 400) {
      failures.push({ call: `${service}.${action}`, code, status, left: times });
    },
    async stop() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

function send(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.1", ...headers }).end(JSON.stringify(body));
}

function sendRefusal(response: ServerResponse, error: unknown): void {
  const { code, message, status, queryCode } = refusal(error);
  const queryError = queryCode && { "x-amzn-query-error": `${queryCode};Sender` };
  send(response, status, { __type: code, message }, { ...queryError });
}

function refusal(error: unknown): AwsRefusal {
  if (error instanceof AwsRefusal) return error;
  if (error instanceof z.ZodError) return new AwsRefusal("ValidationException", z.prettifyError(error));
  return new AwsRefusal("InternalFailure", String(error), { status: 500 });
}
