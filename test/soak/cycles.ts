import { type SocialAccount, socialAccounts } from "../../lib/accounts/social-account.ts";
import type { TokenWorld } from "../support/token-world.ts";

export interface CyclesResult {
  readonly runs: number;
  readonly days: number;
  readonly refreshed: number;
  readonly failures: number;
  /** Accounts that are not active, or whose stored refresh token TikTok does not take. */
  readonly lost: number;
}

export type Regime = "2h" | "24h" | "2h, then 24h" | "24h, then 2h";

const TICK_MS = 5 * 60_000;

/** Refreshes every account so many times by the schedule alone, with a fifth of the requests failing before TikTok acts. */
export async function cycles(
  world: TokenWorld,
  { accounts, times, regime }: { accounts: number; times: number; regime: Regime },
): Promise<CyclesResult> {
  const { tiktok } = world;
  const regimeAt = (share: number) =>
    tiktok.regime(regime.startsWith("2h") === (share < 0.5 || !regime.includes("then")) ? "2h" : "24h");
  regimeAt(0);
  const started = world.now();
  const linked: SocialAccount[] = [];
  for (let count = 0; count < accounts; count += 1) linked.push(await world.addAccount());
  for (const fault of [
    { drop: "before" as const },
    { status: 503, body: "<html>" },
    { status: 429, body: "", headers: { "retry-after": "120" } },
    { status: 500, body: { error: "server_error", error_description: "Later.", log_id: "L" } },
  ])
    tiktok.fault("token:refresh_token", fault, { probability: 0.0543 });

  const least = () => Math.min(...linked.map(({ platformAccountId }) => tiktok.rotations(platformAccountId)));
  const result = { runs: 0, refreshed: 0, failures: 0 };
  while (least() < times) {
    await waitForDue(world);
    regimeAt(least() / times);
    const report = await world.run();
    result.runs += 1;
    result.refreshed += report.refreshed;
    result.failures += report.backedOff;
  }
  tiktok.clearFaults();
  let lost = 0;
  for (const account of linked) {
    const now = await world.accountNow(account);
    if (now.status !== "active" || !tiktok.isWorkingRefreshToken(world.refreshTokenOf(now))) lost += 1;
  }
  return { ...result, lost, days: (world.now().getTime() - started.getTime()) / 86_400_000 };
}

/** Lets the ticks pass in which nothing would be due. */
async function waitForDue({ db, now, advance }: TokenWorld): Promise<void> {
  const [first] = await socialAccounts(db).find({ status: "active" }).sort({ nextRefreshAt: 1 }).limit(1).toArray();
  const waitMs = (first?.nextRefreshAt.getTime() ?? 0) - now().getTime();
  advance(Math.max(1, Math.ceil(waitMs / TICK_MS)) * TICK_MS);
}
