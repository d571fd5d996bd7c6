import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type FunctionError, type Invocation, type RuntimeApi, startRuntimeApi } from "./runtime-api.ts";

export interface FunctionSettings {
  readonly name: string;
  /** The folder that would be unzipped to /var/task. */
  readonly taskRoot: string;
  readonly handler: string;
  readonly env: Record<string, string>;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly log: (line: string) => void;
}

/** One process of one function, as Lambda freezes and thaws it: init once, then one event at a time, until it dies. */
export interface Environment {
  readonly initMs: number;
  readonly initError: FunctionError | undefined;
  readonly alive: boolean;
  invoke(event: unknown): Promise<Invocation>;
  stop(): Promise<void>;
}

const runtimeClient = createRequire(import.meta.url).resolve("aws-lambda-ric");
const withoutAddon = pathToFileURL(join(import.meta.dirname, "without-addon.mjs")).href;

export async function startEnvironment(settings: FunctionSettings): Promise<Environment> {
  const { name, taskRoot, handler, timeoutMs } = settings;
  const api = await startRuntimeApi({ functionName: name, timeoutMs });
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["--import", withoutAddon, runtimeClient, handler], {
    cwd: taskRoot,
    env: { ...lambdaVariables(settings), AWS_LAMBDA_RUNTIME_API: api.address },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = watch(child, api, settings.log);
  const initError = await api.ready;
  const initMs = performance.now() - startedAt;
  return {
    initMs,
    initError,
    get alive() {
      return !child.killed && child.exitCode === null && child.signalCode === null;
    },
    async invoke(event) {
      const seconds = (timeoutMs / 1000).toFixed(2);
      const timer = setTimeout(() => {
        api.fail({ type: "timeout", error: { errorMessage: `Task timed out after ${seconds} seconds` } });
        child.kill("SIGKILL");
      }, timeoutMs);
      const result = await api.invoke(event);
      clearTimeout(timer);
      return result;
    },
    async stop() {
      child.kill("SIGKILL");
      await exited;
      api.close();
    },
  };
}

function watch(child: ChildProcess, api: RuntimeApi, log: (line: string) => void): Promise<void> {
  for (const stream of [child.stdout, child.stderr]) lines(stream, log);
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once("close", (code, signal) => {
    const errorMessage = `Runtime exited with ${signal === null ? `exit status ${code}` : `signal ${signal}`}`;
    api.fail({ type: "exit", error: { errorType: "Runtime.ExitError", errorMessage } });
    resolve();
  });
  return promise;
}

function lines(stream: ChildProcess["stdout"], log: (line: string) => void): void {
  let rest = "";
  stream?.setEncoding("utf8").on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    parts.forEach(log);
  });
  stream?.on("end", () => rest !== "" && log(rest));
}

function lambdaVariables({ name, taskRoot, handler, env, memoryMb }: FunctionSettings): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    _HANDLER: handler,
    LAMBDA_TASK_ROOT: taskRoot,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_FORMAT: "JSON",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: "local/[$LATEST]0",
    AWS_REGION: "eu-central-1",
    ...env,
  };
}
