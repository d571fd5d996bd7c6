import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Bundle, bundle } from "../dev/build/bundle.ts";
import { entriesIn, repository } from "../dev/build/entries.ts";
import { buildFunctions } from "../dev/build.ts";
import { startSandbox } from "../dev/lambda/sandbox.ts";
import { startReplicaSet } from "../dev/mongo/replica-set.ts";
import { type LocalStack, startLocalStack } from "../dev/stack/local-stack.ts";
import { coldTable } from "./cold-table.ts";
import { firstEvent } from "./first-events.ts";

const usage = `Measures each built function from the start of its process to its first answer, under the real Lambda
runtime client, beside a handler that only reads the secret and pings the database.

  npm run bench:cold [-- --rounds 15]             all of them; writes bench/results/cold.md
  npm run bench:cold -- --only oauth-callback     these only, separated by commas; writes nothing`;

async function measure(rounds: number, only: readonly string[] | undefined): Promise<string> {
  process.env.METRICS_NAMESPACE = "off"; // of the handler that begins each connection in this process; not of those measured
  const bare = await bundle(entriesIn(join(import.meta.dirname, "bare"), join(repository, ".cache/bench")));
  const functions = await buildFunctions();
  const unknown = only?.filter((name) => !functions.some((each) => each.name === name)) ?? [];
  if (unknown.length > 0) throw new Error(`There is no function ${unknown.join(", ")}`);
  const subjects = [...bare, ...functions.filter(({ name }) => only?.includes(name) ?? true)];
  const replicaSet = await startReplicaSet({ say: console.log });
  const stack = await startLocalStack({ mongodbUri: replicaSet.uri, environment: { LOG_LEVEL: "WARN" } });
  const times = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
  try {
    // interleaved, so that whatever else the machine does falls on all of them; the first round only warms its caches
    for (let round = 0; round <= rounds; round += 1) {
      console.error(round === 0 ? "warming up" : `round ${round} of ${rounds}`);
      for (const subject of subjects) {
        const took = await firstAnswer(subject, stack);
        if (round > 0) times.get(subject.name)?.push(took);
      }
    }
  } finally {
    await stack.stop();
    await replicaSet.stop();
  }
  return coldTable(subjects, times);
}

async function firstAnswer({ name, folder }: Bundle, stack: LocalStack): Promise<number> {
  const event = await firstEvent(name, stack);
  const startedAt = performance.now();
  const sandbox = await startSandbox({
    name,
    taskRoot: folder,
    env: { ...stack.environment, POSTS_QUEUE_URL: stack.aws.queue("posts").url },
    log() {},
  });
  const answer = await sandbox.invoke(event);
  const took = performance.now() - startedAt;
  await sandbox.close();
  assertUseful(name, answer);
  return took;
}

function assertUseful(name: string, answer: { type: string; value?: unknown }): void {
  const shown = JSON.stringify(answer);
  const failed = answer.type !== "ok" || /"statusCode":5|tiktok=error/.test(shown);
  if (failed) throw new Error(`${name} did not do its work: ${shown}`);
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "15" },
    only: { type: "string" },
    help: { type: "boolean", short: "h" },
  },
});
if (values.help) {
  console.log(usage);
} else {
  const results = join(import.meta.dirname, "results");
  const table = await measure(Number(values.rounds), values.only?.split(","));
  const command = `npm run bench:cold -- --rounds ${values.rounds}`;
  const report = `# Cold start\n\n${new Date().toISOString().slice(0, 10)}, Node ${process.version}, \`${command}\`\n\n${table}`;
  if (values.only === undefined) {
    await mkdir(results, { recursive: true });
    await writeFile(join(results, "cold.md"), report);
  }
  console.log(report);
  // the handler that began each connection in this process holds on to its own
  process.exit();
}
