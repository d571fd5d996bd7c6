import { setTimeout as sleep } from "node:timers/promises";
import type { FakeQueue } from "../../dev/aws/sqs.ts";
import { type SocialAccount, socialAccounts } from "../../lib/accounts/social-account.ts";
import { freshToken } from "../../lib/tokens/fresh-token.ts";
import { RescueMessage } from "../../lib/tokens/rescue-message.ts";
import { rescuePair } from "../../lib/tokens/rescue-pair.ts";
import type { TokenWorld } from "../support/token-world.ts";
import type { WorkerAnswer, WorkerProcess } from "../support/worker-process.ts";
import type { CrashPoint } from "./points.ts";

export interface CrashResult {
  readonly answer: WorkerAnswer["kind"];
  /** The stored refresh token works, after everything that recovers has run. */
  readonly works: boolean;
  readonly rescued: boolean;
  /** From TikTok's answer to the acknowledged write, where the worker lived to tell. */
  readonly windowsMs: readonly number[];
  /** What must not be, in words. */
  readonly violations: readonly string[];
}

export const usesFailPoint = ({ order, refuses }: CrashPoint): boolean =>
  order.failDatabase !== undefined || refuses !== undefined;

const AFTER_THE_LEASE_MS = 20 * 60_000;

/** One due account, one worker that is stopped at this point, and then the next run of somebody else. */
export async function crashRound(
  world: TokenWorld,
  worker: WorkerProcess,
  rescues: FakeQueue,
  point: CrashPoint,
): Promise<CrashResult> {
  const account = await world.dueAccount();
  const answer = await stoppedAt(point, world, worker, account);
  if (usesFailPoint(point)) await world.client.db("admin").command({ configureFailPoint: "failCommand", mode: "off" });
  world.tiktok.clearFaults();

  const waiting = rescues.receive(10);
  for (const { body, receiptHandle } of waiting) {
    await rescuePair(world.db, RescueMessage.parse(JSON.parse(body)));
    rescues.remove(receiptHandle);
  }
  world.advance(AFTER_THE_LEASE_MS);
  await world.run();

  const after = await world.accountNow(account);
  const works = world.tiktok.isWorkingRefreshToken(world.refreshTokenOf(after));
  const violations = works ? wrongAboutWorking(after) : await wrongAboutLost(world, point, after);
  await socialAccounts(world.db).deleteMany({});
  return {
    answer: answer.kind,
    works,
    rescued: waiting.length > 0,
    windowsMs: answer.kind === "done" ? answer.windowsMs : [],
    violations,
  };
}

async function stoppedAt(
  { order, killInFlight, providerDown, refuses }: CrashPoint,
  world: TokenWorld,
  worker: WorkerProcess,
  { platformAccountId }: SocialAccount,
): Promise<WorkerAnswer> {
  const { tiktok, client } = world;
  if (providerDown) tiktok.fault("token:refresh_token", { status: 503, body: "" });
  if (killInFlight) tiktok.fault("token:refresh_token", { when: "after", delayMs: 60_000 });
  if (refuses)
    await client.db("admin").command({
      configureFailPoint: "failCommand",
      mode: { skip: refuses.after ?? 0 },
      data: { failCommands: [refuses.command], errorCode: 13, appName: worker.appName },
    });
  const answer = worker.order(order);
  if (killInFlight) {
    while (tiktok.rotations(platformAccountId) === 0) await sleep(2);
    worker.kill();
  }
  return answer;
}

const wrongAboutWorking = ({ status, statusReason, lease }: SocialAccount): string[] =>
  status === "active" && statusReason === null && !lease ? [] : [`works, but is ${status} (${statusReason})`];

async function wrongAboutLost(world: TokenWorld, { inWindow }: CrashPoint, account: SocialAccount): Promise<string[]> {
  const inUse = await freshToken(account._id, 0, world.deps);
  const usable = inUse.kind === "token" && world.tiktok.isWorkingAccessToken(inUse.accessToken);
  return [
    ...(inWindow ? [] : ["lost outside the window"]),
    ...(account.status === "active" && account.statusReason === "rotation_in_doubt"
      ? []
      : [`lost, but is ${account.status} (${account.statusReason})`]),
    ...(usable ? [] : ["its access token is not kept in use"]),
  ];
}
