import { expect, test } from "vitest";
import { cycles } from "./soak/cycles.ts";
import { outage } from "./soak/outage.ts";
import { tokenWorld } from "./support/world.ts";

const faulty = await tokenWorld();
const down = await tokenWorld();

test("nobody is lost when a fifth of all requests fail and TikTok changes its lifetimes in between", async () => {
  const result = await cycles(faulty, { accounts: 20, times: 8, regime: "2h, then 24h" });

  expect(result.lost).toBe(0);
  expect(result.refreshed).toBeGreaterThanOrEqual(160);
  expect(result.failures).toBeGreaterThan(10);
});

test("three hours without TikTok disconnect nobody, and everybody is refreshed again", async () => {
  const result = await outage(down, { accounts: 80, steadyHours: 1, outageHours: 3, recoveryHours: 4 });

  expect(result.disconnected).toBe(0);
  expect(result.refreshedAfter).toBeGreaterThanOrEqual(80);
});
