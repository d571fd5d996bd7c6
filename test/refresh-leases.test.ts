import { expect, test } from "vitest";
import { socialAccounts } from "../lib/accounts/social-account.ts";
import { dueAccounts } from "../lib/refresh/due-accounts.ts";
import { tokenWorld } from "./support/world.ts";

const world = await tokenWorld();

test("what is claimed while a run comes to its end is given back, not left as after a crash", async () => {
  for (let index = 0; index < 4; index += 1) await world.dueAccount();
  const due = dueAccounts(world.db, world.now, {
    leaseMs: () => 90_000,
    batchSize: 2,
    lowWater: 2,
    mayClaim: () => true,
    onClaimed() {},
  });
  await due.next();
  await due.next(); // does not wait for the claim that it starts

  const rest = await due.rest();

  expect(rest).toHaveLength(2);
  await socialAccounts(world.db).deleteMany({});
});

test("accounts whose turn comes too late for their lease are claimed anew, and nobody doubts their tokens", async () => {
  for (let index = 0; index < 4; index += 1) await world.dueAccount();
  const onStep = (step: string) => {
    if (step === "stored") world.advance(40_000);
  };

  const report = await world.run({ onStep, limits: { concurrency: 1, batchSize: 200, leaseMs: 90_000 } });

  expect(report).toMatchObject({ refreshed: 4, inDoubt: 0 });
  expect(report.claimed).toBe(report.refreshed + report.released);
  await socialAccounts(world.db).deleteMany({});
});

test("invalid_client means the app also while its secret cannot be fetched anew", async () => {
  const before = await world.dueAccount();
  world.tiktok.fault("token:refresh_token", { status: 401, body: { error: "invalid_client" } });
  const renewedCredentials = () => Promise.reject(new Error("The secret cannot be read"));

  const report = await world.run({ tiktok: { ...world.deps.tiktok, renewedCredentials } });

  expect(report).toMatchObject({ stopped: "client_refused", released: 1, backedOff: 0 });
  expect(await world.accountNow(before)).toMatchObject({ lastError: null, refreshAttempts: 0, lease: null });
});
