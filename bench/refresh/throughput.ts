import { socialAccounts } from "../../lib/accounts/social-account.ts";
import { after } from "../../lib/clock.ts";
import { startTokenWorld } from "../../test/support/token-world.ts";
import { startWorker } from "../../test/support/worker-process.ts";

export interface Throughput {
  readonly accounts: number;
  readonly tookMs: number;
  /** What the same number of requests takes if nothing but TikTok takes time. */
  readonly idealMs: number;
  readonly commandsPerAccount: number;
}

export const LATENCY_MS = 300;
export const IN_FLIGHT = 50;

/** One worker process refreshes everything that is due at a TikTok that takes its time. */
export async function throughput(mongodbUri: string, accounts: number): Promise<Throughput> {
  const world = await startTokenWorld({ mongodbUri, latencyMs: LATENCY_MS });
  const worker = await startWorker(world);
  try {
    await refreshAll(IN_FLIGHT); // connections and code are warm in a worker that has run before
    const done = await refreshAll(accounts);
    return { accounts, idealMs: Math.ceil(accounts / IN_FLIGHT) * LATENCY_MS, ...done };
  } finally {
    await worker.stop();
    await world.stop();
  }

  async function refreshAll(count: number) {
    const nextRefreshAt = after(world.now(), -60_000);
    const due = Array.from({ length: count }, () => world.newAccount({ nextRefreshAt }));
    await socialAccounts(world.db).insertMany(due);
    const answer = await worker.order({ concurrency: IN_FLIGHT });
    if (answer.kind !== "done" || answer.report.refreshed !== count)
      throw new Error(`The worker did not refresh them all: ${JSON.stringify(answer)}`);
    return { tookMs: answer.tookMs, commandsPerAccount: answer.commands / count };
  }
}
