import { afterAll, expect, test } from "vitest";
import type { SocialAccount } from "../lib/accounts/social-account.ts";
import { startWorker, type WorkerAnswer } from "./support/worker-process.ts";
import { tokenWorld } from "./support/world.ts";

const HOUR = 3_600_000;
const WORKERS = Number(process.env.WORKERS ?? 4);
const ACCOUNTS = 120;
const world = await tokenWorld();
const workers = await Promise.all(Array.from({ length: WORKERS }, () => startWorker(world)));
afterAll(() => Promise.all(workers.map((worker) => worker.stop())));

test("several processes refresh every due account exactly once per cycle, and whoever asks meanwhile gets a working token", async () => {
  const [asking, ...refreshing] = workers;
  const accounts: SocialAccount[] = [];
  for (let count = 0; count < ACCOUNTS; count += 1) accounts.push(await world.dueAccount());

  for (let cycle = 1; cycle <= 3; cycle += 1) {
    world.advance(2 * HOUR);
    const some = accounts.slice(cycle * 10, cycle * 10 + 5).map(({ _id }) => _id.toHexString());
    const [asked, ...reports] = await Promise.all([
      asking?.order({ ask: [...some, ...some] }),
      ...refreshing.map((worker) => worker.order({ concurrency: 10, batchSize: 20 })),
    ]);

    expect(accounts.map(requestsFor)).toEqual(accounts.map(() => cycle));
    expect(accounts.map(({ platformAccountId }) => world.tiktok.rotations(platformAccountId))).toEqual(
      accounts.map(() => cycle),
    );
    expect(refreshedIn(reports)).toBeGreaterThanOrEqual(ACCOUNTS - some.length);
    expect(tokensIn(asked).map(world.tiktok.isWorkingAccessToken)).toEqual(Array.from({ length: 10 }, () => true));
  }
  for (const account of accounts) {
    const now = await world.accountNow(account);
    expect(now).toMatchObject({ status: "active", statusReason: null, tokenVersion: 4, lease: null });
    expect(world.tiktok.isWorkingRefreshToken(world.refreshTokenOf(now))).toBe(true);
  }
});

/** A second request for the same token would be refused, so the rotations alone do not tell. */
const requestsFor = ({ platformAccountId }: SocialAccount): number =>
  world.tiktok.calls.filter(
    ({ endpoint, openId }) => endpoint === "token:refresh_token" && openId === platformAccountId,
  ).length;

const refreshedIn = (answers: (WorkerAnswer | undefined)[]): number =>
  answers.reduce((sum, answer) => sum + (answer?.kind === "done" ? answer.report.refreshed : 0), 0);

const tokensIn = (answer: WorkerAnswer | undefined): readonly string[] =>
  answer?.kind === "asked" ? answer.tokens : [];
