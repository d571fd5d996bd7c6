import { mkdir, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { startFakeAws } from "../../dev/aws/fake-aws.ts";
import { startReplicaSet } from "../../dev/mongo/replica-set.ts";
import { holdFailPoint } from "../support/fail-point-lock.ts";
import { startTokenWorld } from "../support/token-world.ts";
import { startWorker } from "../support/worker-process.ts";
import { type CrashPoint, crashPoints } from "./points.ts";
import { type CrashResult, crashRound, usesFailPoint } from "./round.ts";
import { crashTable, windowLine } from "./table.ts";

const USAGE = `Stops a real refresh worker at every boundary of a refresh, by SIGKILL and by a failing database, and looks
whether the account's refresh token still works after the next run.

  npm run test:crash [-- --rounds 512] [--write]

--write puts the table into bench/results/crash.md. Ctrl-C stops and cleans up. Exits 1 on any violation.
`;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "512" },
    write: { type: "boolean", default: false },
    help: { type: "boolean", short: "h" },
  },
});
let interrupted = false;
process.once("SIGINT", () => {
  interrupted = true;
});

if (values.help) process.stdout.write(USAGE);
else await run(Number(values.rounds));

async function run(rounds: number): Promise<void> {
  const replicaSet = await startReplicaSet({ say: console.log });
  const world = await startTokenWorld({ mongodbUri: replicaSet.uri });
  const aws = await startFakeAws();
  const rescues = aws.queue("rescues");
  const newWorker = () => startWorker(world, { endpoint: aws.endpoint, url: rescues.url });
  const record = new Map<CrashPoint, CrashResult[]>(crashPoints.map((point) => [point, []]));
  let worker = await newWorker();
  let spare = newWorker();

  for (let round = 0; round < rounds && !interrupted; round += 1) {
    const point = crashPoints[round % crashPoints.length] as CrashPoint;
    const release = usesFailPoint(point) ? await holdFailPoint(replicaSet.uri) : undefined;
    const result = await crashRound(world, worker, rescues, point);
    release?.();
    record.get(point)?.push(result);
    for (const violation of result.violations) console.error(`\nround ${round + 1}, ${point.name}: ${violation}`);
    if (process.stdout.isTTY) process.stdout.write(`\r${round + 1} of ${rounds}`);
    else if ((round + 1) % 100 === 0) console.log(`${round + 1} of ${rounds}`);
    if (result.answer !== "killed") continue;
    worker = await spare;
    spare = newWorker();
  }

  await Promise.all([worker.stop(), spare.then((idle) => idle.stop())]);
  await Promise.all([world.stop(), aws.stop()]);
  await replicaSet.stop();
  const engine = replicaSet.origin === "given" ? "a replica set given by MONGODB_URI" : `MongoDB: ${replicaSet.origin}`;
  const text = `${crashTable(record)}\n\n${windowLine(record)}\n`;
  console.log(`\n${text}`);
  if (values.write) await writeResult(text, rounds, engine);
  if ([...record.values()].flat().some(({ violations }) => violations.length > 0)) process.exitCode = 1;
}

async function writeResult(text: string, rounds: number, engine: string): Promise<void> {
  const folder = new URL("../../bench/results/", import.meta.url);
  await mkdir(folder, { recursive: true });
  const head = `# A refresh worker stopped at every boundary

\`npm run test:crash -- --rounds ${rounds} --write\`, Node ${process.version}, ${engine}, ${new Date().toISOString().slice(0, 10)}.

Each round: one due account, a worker process of its own, the strict fake TikTok (single-use refresh tokens). The worker is stopped at the
point; then twenty minutes pass, what waits in the rescue queue is applied and somebody else runs. An account counts as \`rotation_in_doubt\`
when its stored refresh token no longer works; it must be active under that reason, with its access token still handed out.

`;
  await writeFile(new URL("crash.md", folder), head + text);
}
