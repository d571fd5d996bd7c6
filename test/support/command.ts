import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { TestStack } from "./stack.ts";

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs commands/<name>.ts as a person would, in a process of its own; what it prints counts as this process's output. */
export function runCommand(
  stack: TestStack,
  name: string,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = stack.environment,
): Promise<Finished> {
  return startCommand(name, args, environment).finished;
}

export function startCommand(
  name: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): { child: ChildProcess; finished: Promise<Finished> } {
  const file = join(import.meta.dirname, `../../commands/${name}.ts`);
  const child = spawn(process.execPath, [file, ...args], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  async function finish(): Promise<Finished> {
    const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    return { exitCode, stdout, stderr };
  }
  return { child, finished: finish() };
}
