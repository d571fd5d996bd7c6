import { socialAccounts } from "../../lib/accounts/social-account.ts";
import type { TokenWorld } from "../support/token-world.ts";

export interface OutageResult {
  /** Requests that TikTok answered well, per run: on average before the outage, and at most in the hours after it. */
  readonly steady: number;
  readonly peak: number;
  readonly disconnected: number;
  readonly refreshedAfter: number;
}

const TICK_MS = 5 * 60_000;
const RUNS_PER_HOUR = 12;

/** Hours of steady refreshing, then TikTok is down for hours, then hours of recovery: one run every five minutes. */
export async function outage(
  world: TokenWorld,
  {
    accounts,
    steadyHours,
    outageHours,
    recoveryHours,
  }: Record<"accounts" | "steadyHours" | "outageHours" | "recoveryHours", number>,
): Promise<OutageResult> {
  for (let count = 0; count < accounts; count += 1) {
    if (count % Math.ceil(accounts / 24) === 0) world.advance(TICK_MS);
    await world.addAccount();
  }
  const hours = async (count: number): Promise<number[]> => {
    const refreshed: number[] = [];
    for (let run = 0; run < count * RUNS_PER_HOUR; run += 1) {
      world.advance(TICK_MS);
      refreshed.push((await world.run()).refreshed);
    }
    return refreshed;
  };

  const before = await hours(steadyHours);
  world.tiktok.fault("token:refresh_token", { status: 503, body: "<html>" }, { probability: 1 });
  await hours(outageHours);
  world.tiktok.clearFaults();
  const after = await hours(recoveryHours);

  const settled = before.slice(before.length / 2);
  return {
    steady: settled.reduce((sum, number) => sum + number, 0) / settled.length,
    peak: Math.max(...after),
    disconnected: await socialAccounts(world.db).countDocuments({ status: { $ne: "active" } }),
    refreshedAfter: after.reduce((sum, number) => sum + number, 0),
  };
}
