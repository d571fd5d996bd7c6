import { join } from "node:path";
import { parseArgs } from "node:util";
import { dist } from "./build/entries.ts";
import { buildFunctions } from "./build.ts";
import { printed, succeeded } from "./invoke/answer.ts";
import { invokeEnvironment } from "./invoke/environment.ts";
import { readSample, unknownNames } from "./invoke/samples.ts";
import type { Invocation } from "./lambda/runtime-api.ts";
import { startSandbox } from "./lambda/sandbox.ts";

const usage = `Builds a function and runs it on a sample event, in a process of its own under the real Lambda runtime client.

  npm run invoke -- <function> <event> [--env .env]

  <function>   a file in functions/        <event>   a file in events/
  --env        the function's environment; without it the shell's, when that has SECRET_ID,
               else TikTok, AWS and a database are started locally for this one call

Exits with 1 when the function fails, with 2 when it cannot be run.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { env: { type: "string" }, help: { type: "boolean", short: "h" } },
});
const [name, sample] = positionals;
const problems = unknownNames(name, sample);

if (values.help) {
  console.log(usage);
} else if (name === undefined || sample === undefined || problems.length > 0) {
  console.error([...problems, "", usage].join("\n"));
  process.exitCode = 2;
} else {
  const result = await invoke(name, sample, values.env);
  console.log(printed(result));
  // a handler that the local flow ran in this process holds on to its connections
  process.exit(succeeded(result) ? 0 : 1);
}

async function invoke(name: string, sample: string, envFile: string | undefined): Promise<Invocation> {
  await buildFunctions();
  const environment = await invokeEnvironment(envFile);
  try {
    const event = await environment.prepared(await readSample(sample));
    const sandbox = await startSandbox({ name, taskRoot: join(dist, name), env: environment.variables });
    const result = await sandbox.invoke(event);
    await sandbox.close();
    return result;
  } finally {
    await environment.stop();
  }
}
