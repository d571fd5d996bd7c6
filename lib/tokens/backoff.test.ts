import { expect, test } from "vitest";
import { seeded } from "../../test/support/seeded.ts";
import { retryAt } from "./backoff.ts";
import { refreshDueAt } from "./schedule.ts";

const MINUTE = 60_000;
const LIFETIME_MS = 120 * MINUTE;
const TICK_MS = 5 * MINUTE;

test("after three hours of outage the rate of refreshes stays below twice the usual one", () => {
  const random = seeded(7);
  const accounts = Array.from({ length: 1_000 }, () => issued(new Date(-random() * 0.775 * LIFETIME_MS)));
  const perTick: number[] = [];

  for (let tick = 0; tick < 144; tick += 1) {
    const now = new Date(tick * TICK_MS);
    const isDown = tick >= 48 && tick < 84;
    const due = accounts.filter(({ nextRefreshAt }) => nextRefreshAt <= now);
    for (const account of due) Object.assign(account, isDown ? failed(account, now) : issued(now));
    perTick.push(isDown ? 0 : due.length);
  }

  const steady = perTick.slice(24, 48).reduce((sum, count) => sum + count, 0) / 24;
  expect(Math.max(...perTick.slice(84)) / steady).toBeLessThan(2);

  function issued(at: Date) {
    const tokenExpiry = new Date(at.getTime() + LIFETIME_MS);
    return {
      connectedAt: at,
      lastRefreshedAt: at,
      tokenExpiry,
      refreshAttempts: 0,
      nextRefreshAt: refreshDueAt(at, tokenExpiry, random),
    };
  }

  function failed(account: ReturnType<typeof issued>, now: Date) {
    return { nextRefreshAt: retryAt(account, now, random), refreshAttempts: account.refreshAttempts + 1 };
  }
});

test("a first failure is tried again while the old access token is still good", () => {
  const random = seeded(7);
  const connectedAt = new Date(0);
  const tokenExpiry = new Date(LIFETIME_MS);
  const account = { connectedAt, lastRefreshedAt: null, tokenExpiry, refreshAttempts: 0 };

  const retries = Array.from({ length: 100 }, () =>
    retryAt(account, refreshDueAt(connectedAt, tokenExpiry, random), random),
  );

  expect(retries.filter((at) => at >= tokenExpiry)).toEqual([]);
});
