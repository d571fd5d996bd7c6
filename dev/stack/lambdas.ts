import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Invocation } from "../lambda/runtime-api.ts";
import { type Sandbox, startSandbox } from "../lambda/sandbox.ts";
import type { FunctionPlan } from "./template.ts";

export interface Lambdas {
  invoke(name: string, event: unknown): Promise<Invocation>;
  /** The next event of this function meets its newest build. */
  renew(name: string): Promise<void>;
  stop(): Promise<void>;
}

export interface LambdaOptions {
  readonly environmentOf: (plan: FunctionPlan) => Record<string, string>;
  readonly log: (functionName: string, line: string) => void;
}

/** One process for each function, started when it is first needed. */
export function startLambdas(plans: readonly FunctionPlan[], { environmentOf, log }: LambdaOptions): Lambdas {
  const running = new Map<string, Promise<Sandbox>>();
  let stopped = false;

  function sandbox(name: string): Promise<Sandbox> {
    const plan = plans.find((known) => known.name === name);
    if (!plan) throw new Error(`The template has no function ${name}`);
    const started =
      running.get(name) ??
      startSandbox({
        name,
        taskRoot: plan.folder,
        handler: plan.handler,
        timeoutMs: plan.timeoutMs,
        memoryMb: plan.memoryMb,
        env: environmentOf(plan),
        log: (line) => stopped || log(name, line),
      });
    running.set(name, started);
    return started;
  }

  const close = async (started: Promise<Sandbox>) => (await started).close();

  return {
    invoke: async (name, event) => (await sandbox(name)).invoke(event),
    async renew(name) {
      const old = running.get(name);
      running.delete(name);
      if (old) await close(old);
    },
    async stop() {
      stopped = true;
      await Promise.all([...running.values()].map(close));
    },
  };
}

/** Throws unless every function of the template was built. */
export function assertBuilt(plans: readonly FunctionPlan[]): void {
  const missing = plans.filter(({ folder }) => !existsSync(join(folder, "index.mjs"))).map(({ name }) => name);
  if (missing.length > 0) throw new Error(`serverless.yml names functions that are not built: ${missing.join(", ")}`);
}
