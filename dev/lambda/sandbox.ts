import { type Environment, type FunctionSettings, startEnvironment } from "./environment.ts";
import type { Invocation } from "./runtime-api.ts";

export type SandboxOptions = Pick<FunctionSettings, "taskRoot"> & Partial<FunctionSettings>;

export interface Sandbox {
  /** From the start of the process until it asked for its first event. */
  readonly initMs: number;
  /** One event at a time, in order. After a timeout or a crash the next one finds a new process. */
  invoke(event: unknown): Promise<Invocation>;
  close(): Promise<void>;
}

/** Runs a built function as Lambda does: in a process of its own, under the real runtime client. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const settings: FunctionSettings = {
    name: "local",
    handler: "index.handler",
    env: {},
    timeoutMs: 28_000,
    memoryMb: 512,
    log: (line) => void process.stderr.write(`${line}\n`),
    ...options,
  };
  let environment = await startEnvironment(settings);
  let turn: Promise<unknown> = Promise.resolve();

  async function invoke(event: unknown): Promise<Invocation> {
    if (!environment.alive) environment = await replaced(environment, settings);
    return environment.initError ? { type: "error", error: environment.initError } : environment.invoke(event);
  }

  return {
    get initMs() {
      return environment.initMs;
    },
    invoke(event) {
      const result = turn.then(() => invoke(event));
      turn = result;
      return result;
    },
    close: () => environment.stop(),
  };
}

async function replaced(dead: Environment, settings: FunctionSettings): Promise<Environment> {
  await dead.stop();
  return startEnvironment(settings);
}
