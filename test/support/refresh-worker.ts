import { setTimeout as sleep } from "node:timers/promises";
import { MongoClient, ObjectId } from "mongodb";
import { sqsQueue } from "../../lib/config/sqs.ts";
import { deadlineIn } from "../../lib/mongo/deadline.ts";
import { refreshDueAccounts } from "../../lib/refresh/refresh-due-accounts.ts";
import type { RefreshStep, TokenDependencies } from "../../lib/tokens/dependencies.ts";
import { freshToken } from "../../lib/tokens/fresh-token.ts";
import { quietLog } from "./quiet-log.ts";
import { tokenParts, type WorldKeys } from "./token-parts.ts";
import type { WorkerAnswer, WorkerOrder } from "./worker-process.ts";

/** Given in the environment: what does not change as long as the process lives. */
interface Given extends WorldKeys {
  readonly databaseUri: string;
  readonly database: string;
  readonly appName: string;
  readonly rescueQueueUrl: string;
}

const given: Given = JSON.parse(process.env.REFRESH_WORKER ?? "");
const client = await new MongoClient(given.databaseUri, {
  appName: given.appName,
  maxPoolSize: 10,
  ignoreUndefined: true,
  serverSelectionTimeoutMS: 1_000,
  monitorCommands: true,
}).connect();
let commands = 0;
client.on("commandStarted", () => {
  commands += 1;
});
const queue = sqsQueue(given.rescueQueueUrl);
const { log } = quietLog();

process.on("message", (order: WorkerOrder) => {
  carryOut(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ kind: "failed", message: String(error) } satisfies WorkerAnswer),
  );
});
process.on("disconnect", () => process.exit());
process.send?.({ kind: "ready" } satisfies WorkerAnswer);

async function carryOut(order: WorkerOrder): Promise<WorkerAnswer> {
  const now = new Date(order.now);
  let answeredAt = 0;
  let deadline = deadlineIn(60_000);
  const windowsMs: number[] = [];

  async function onStep(step: RefreshStep): Promise<void> {
    if (step === "answered") {
      answeredAt = performance.now();
      if (order.storeWithinMs !== undefined) deadline = deadlineIn(11_000 + order.storeWithinMs);
    }
    if (step === order.failDatabase?.at) await failDatabase(order.failDatabase.mode);
    if (step === "stored") windowsMs.push(performance.now() - answeredAt);
    if (step === order.dieAt) {
      if (order.dieAfterMs) setTimeout(die, order.dieAfterMs);
      else await die();
    }
  }

  const clock = () => now;
  const deps: TokenDependencies = {
    ...tokenParts(given, clock),
    database: { client, db: client.db(given.database) },
    clock,
    random: Math.random,
    log,
    rescue: { send: (message) => queue.send(JSON.stringify(message)), isWaiting: () => queue.isOccupied() },
    deadline: { remaining: () => deadline.remaining() },
    onStep,
  };

  if (order.ask) {
    const answers = await Promise.all(order.ask.map((id) => freshToken(new ObjectId(id), 300_000, deps)));
    return {
      kind: "asked",
      tokens: answers.map((answer) => (answer.kind === "token" ? answer.accessToken : answer.kind)),
    };
  }
  const limits = { concurrency: order.concurrency ?? 1, batchSize: order.batchSize ?? 200, leaseMs: 90_000 };
  const startedAt = performance.now();
  const commandsBefore = commands;
  const report = await refreshDueAccounts({ ...deps, limits });
  const tookMs = performance.now() - startedAt;
  return { kind: "done", report, windowsMs, tookMs, commands: commands - commandsBefore };
}

async function failDatabase(mode: "once" | "lasting"): Promise<void> {
  const failCommands = ["find", "update", "insert"];
  const failure = mode === "once" ? { closeConnection: true } : { errorCode: 13 };
  await client.db("admin").command({
    configureFailPoint: "failCommand",
    mode: mode === "once" ? { times: 1 } : "alwaysOn",
    data: { failCommands, appName: given.appName, ...failure },
  });
}

/** As the platform ends a process: at once, with nothing written. */
async function die(): Promise<void> {
  process.kill(process.pid, "SIGKILL");
  await sleep(60_000);
}
