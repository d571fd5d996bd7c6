import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { JOB_POOL, lazyRuntime, type Runtime } from "../functions/runtime.ts";
import type { Database } from "../lib/mongo/connection.ts";
import { exitWith } from "./exit-code.ts";

export type Values<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: Options & typeof HELP }>
>["values"];

export interface CommandContext<Options extends ParseArgsOptionsConfig> {
  readonly values: Values<Options>;
  readonly runtime: Runtime;
  readonly database: Database;
  readonly say: (line: string) => void;
  /** False from the first Ctrl-C on: stop after the batch under way. The second one ends the process. */
  readonly mayGoOn: () => boolean;
}

export interface Command<Options extends ParseArgsOptionsConfig> {
  readonly name: string;
  readonly usage: string;
  readonly options: Options;
  /** Answers whether all is well: the exit code is 0 then, else 1. */
  run(context: CommandContext<Options>): Promise<boolean>;
}

const HELP = { help: { type: "boolean", short: "h" } } as const;
const INTERRUPTED = 130;

/** Runs a command on the environment's database and sets the exit code: 2 when it could not do its work, 130 after Ctrl-C. */
export async function runCommand<Options extends ParseArgsOptionsConfig>(command: Command<Options>): Promise<void> {
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  await exitWith(command.name, async () => {
    const { values } = parseArgs({ options: { ...command.options, ...HELP } });
    if (!("help" in values && values.help)) return runOnDatabase(command, values as Values<Options>, say);
    say(command.usage);
    return 0;
  });
}

async function runOnDatabase<Options extends ParseArgsOptionsConfig>(
  { name, run }: Command<Options>,
  values: Values<Options>,
  say: (line: string) => void,
): Promise<number> {
  const runtime = lazyRuntime(name, JOB_POOL)();
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  for (const signal of SIGNALS) process.once(signal, stop);
  const mayGoOn = () => !stopping.signal.aborted;
  const isWell = await runtime.mongo
    .use((database) => run({ values, runtime, database, say, mayGoOn }))
    .finally(() => runtime.mongo.close());
  for (const signal of SIGNALS) process.off(signal, stop);
  if (!mayGoOn()) return INTERRUPTED;
  return isWell ? 0 : 1;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
