import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { RefreshReport } from "../../lib/refresh/report.ts";
import type { RefreshStep } from "../../lib/tokens/dependencies.ts";
import type { TokenWorld } from "./token-world.ts";
import { workerBundle } from "./worker-bundle.ts";

/** What a worker process is told to do once. */
export interface WorkerOrder {
  /** What time it is, ISO; the worker's clock stands still. */
  readonly now: string;
  /** Kills itself when an account reaches this step, or so much later. */
  readonly dieAt?: RefreshStep;
  readonly dieAfterMs?: number;
  /** Lets the database fail for this worker from a step on: once, or until the fail point is switched off. */
  readonly failDatabase?: { readonly at: RefreshStep; readonly mode: "once" | "lasting" };
  /** How long it may try to store a pair before it goes to the rescue queue. */
  readonly storeWithinMs?: number;
  readonly concurrency?: number;
  readonly batchSize?: number;
  /** Asks for tokens of these accounts instead of refreshing what is due. */
  readonly ask?: readonly string[];
}

export type WorkerAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "asked"; readonly tokens: readonly string[] }
  | {
      readonly kind: "done";
      readonly report: RefreshReport;
      /** From TikTok's answer to the acknowledged write. */
      readonly windowsMs: readonly number[];
      readonly tookMs: number;
      /** What was asked of the database. */
      readonly commands: number;
    }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "killed" };

export interface WorkerProcess {
  readonly appName: string;
  order(order: Omit<WorkerOrder, "now">): Promise<WorkerAnswer>;
  kill(): void;
  stop(): Promise<void>;
}

let started = 0;

/** A refresh worker in a process of its own, connected and waiting for orders; to the database it has a name of its own. */
export async function startWorker(
  world: TokenWorld,
  queue: { endpoint: string; url: string } = { endpoint: "http://127.0.0.1:9", url: "http://127.0.0.1:9/0/none" },
): Promise<WorkerProcess> {
  started += 1;
  const appName = `${world.appName}-${started}`;
  const given = {
    ...world.keys,
    databaseUri: world.databaseUri,
    database: world.db.databaseName,
    appName,
    rescueQueueUrl: queue.url,
  };
  const child = fork(await workerBundle(), {
    execArgv: [],
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      REFRESH_WORKER: JSON.stringify(given),
      AWS_ENDPOINT_URL: queue.endpoint,
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    },
  });
  const ready = await next(child);
  if (ready.kind !== "ready") throw new Error(`The worker did not start: ${JSON.stringify(ready)}`);
  return {
    appName,
    async order(order) {
      const answer = next(child);
      child.send({ now: world.now().toISOString(), ...order });
      return answer;
    },
    kill: () => void child.kill("SIGKILL"),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** The next thing that is heard of the process, its end included. */
function next(child: ChildProcess): Promise<WorkerAnswer> {
  const { promise, resolve } = Promise.withResolvers<WorkerAnswer>();
  const onMessage = (message: unknown) => settle(message as WorkerAnswer);
  const onExit = () => settle({ kind: "killed" });
  function settle(answer: WorkerAnswer): void {
    child.off("message", onMessage).off("exit", onExit);
    resolve(answer);
  }
  child.once("message", onMessage).once("exit", onExit);
  return promise;
}
