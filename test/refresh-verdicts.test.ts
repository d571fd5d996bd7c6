import { afterEach, describe, expect, test } from "vitest";
import type { SocialAccount } from "../lib/accounts/social-account.ts";
import type { TokenDependencies } from "../lib/tokens/dependencies.ts";
import { clientRefusals, grantRefusals, passingFailures, type RefreshFailure } from "./support/refresh-failures.ts";
import { tokenWorld } from "./support/world.ts";

const HOUR = 3_600_000;
const QUARTER_HOUR = 900_000;
/** Unlike `{}`, which any reasons match. */
const NOBODY = expect.toSatisfy((reasons: object) => Object.keys(reasons).length === 0);
const world = await tokenWorld();
const { tiktok } = world;
const IN_DOUBT = "rotation_in_doubt";

afterEach(async () => {
  tiktok.clearFaults();
  await world.db.collection("socialaccounts").deleteMany({});
});

describe.each(passingFailures)("$name", (failure) => {
  test("leaves a clean account active and tries again soon", async () => {
    const before = await world.dueAccount();

    const report = await runInto(failure);

    const after = await world.accountNow(before);
    expect(report).toMatchObject({
      claimed: 1,
      backedOff: 1,
      providerFailures: failure.provider ? 1 : 0,
      needsReauth: NOBODY,
    });
    expect(after).toMatchObject({
      ...tokensOf(before),
      status: "active",
      statusReason: failure.lost ? IN_DOUBT : null,
      lastError: { code: failure.code, at: world.now() },
      refreshAttempts: 1,
      lease: null,
    });
    expectWithin(after.nextRefreshAt, 30_000, QUARTER_HOUR);
  });

  test("leaves an account in doubt active and in doubt", async () => {
    const before = await world.dueAccount(takenOver());

    const report = await runInto(failure);

    expect(report).toMatchObject({ claimed: 1, backedOff: 1, needsReauth: NOBODY });
    expect(await world.accountNow(before)).toMatchObject({
      ...tokensOf(before),
      status: "active",
      statusReason: IN_DOUBT,
    });
  });

  test("is not held against an account that was linked anew meanwhile", async () => {
    const before = await world.dueAccount();
    let relinked: SocialAccount | undefined;

    const report = await runInto(failure, async () => {
      await world.relink(before);
      relinked = await world.accountNow(before);
    });

    expect(report).toMatchObject({ claimed: 1, kept: 1 });
    expect(await world.accountNow(before)).toEqual(relinked);
  });
});

describe.each(grantRefusals)("$name", ({ fault }) => {
  test("asks the person of a clean account", async () => {
    const before = await world.dueAccount();

    const report = await refused(fault);

    expect(report).toMatchObject({ claimed: 1, needsReauth: { invalid_grant: 1 } });
    expect(await world.accountNow(before)).toMatchObject({
      ...tokensOf(before),
      status: "needs_reauth",
      statusReason: "invalid_grant",
      lastError: { code: "invalid_grant" },
      lease: null,
    });
    expect(await eventsOf(before)).toMatchObject([
      { type: "SocialAccountNeedsReauth", reason: "invalid_grant", sequence: 2 },
    ]);
  });

  test("keeps an account in doubt in use until its access token expires, then asks the person", async () => {
    const before = await world.dueAccount(takenOver());

    const first = await refused(fault);
    const doubted = await world.accountNow(before);
    world.advance(2 * HOUR);
    const second = await refused(fault);

    expect(first).toMatchObject({ claimed: 1, inDoubt: 1, needsReauth: NOBODY });
    expect(doubted).toMatchObject({
      ...tokensOf(before),
      status: "active",
      statusReason: IN_DOUBT,
      nextRefreshAt: before.tokenExpiry,
      lease: null,
    });
    expect(second).toMatchObject({ claimed: 1, needsReauth: { [IN_DOUBT]: 1 } });
    expect(await world.accountNow(before)).toMatchObject({ status: "needs_reauth", statusReason: IN_DOUBT });
  });

  test("is not held against an account that was linked anew meanwhile", async () => {
    const before = await world.dueAccount();
    let relinked: SocialAccount | undefined;

    const report = await refused(fault, async () => {
      await world.relink(before);
      relinked = await world.accountNow(before);
    });

    expect(report).toMatchObject({ claimed: 1, kept: 1, needsReauth: NOBODY });
    expect(await world.accountNow(before)).toEqual(relinked);
  });
});

test("an answer that was lost after TikTok acted is doubted, not held against the person", async () => {
  const before = await world.dueAccount();
  tiktok.fault("token:refresh_token", { drop: "after" });

  const lost = await world.run();
  world.advance(QUARTER_HOUR);
  const again = await world.run();

  expect([lost, again]).toMatchObject([{ backedOff: 1 }, { inDoubt: 1, needsReauth: NOBODY }]);
  const after = await world.accountNow(before);
  expect(after).toMatchObject({ status: "active", statusReason: IN_DOUBT });
  expect(tiktok.isWorkingAccessToken(world.accessTokenOf(after))).toBe(true);
});

describe.each(clientRefusals)("$code in the middle of a run", ({ code, fault }) => {
  test("stops the run and touches nobody but those refreshed before", async () => {
    for (let count = 0; count < 30; count += 1) await world.dueAccount();
    const before = await everyAccount();
    let asked = 0;
    const onStep: TokenDependencies["onStep"] = (step) => {
      asked += step === "asking" ? 1 : 0;
      if (asked === 11) tiktok.fault("token:refresh_token", fault, { probability: 1 });
    };

    const report = await world.run({ onStep, limits: { concurrency: 5, batchSize: 200, leaseMs: 90_000 } });

    const untouched = (await everyAccount()).filter(({ tokenVersion }) => tokenVersion === 1);
    expect(report).toMatchObject({ claimed: 30, stopped: "client_refused", needsReauth: NOBODY, backedOff: 0 });
    expect(report.refreshed + report.released).toBe(30);
    expect(untouched).toHaveLength(report.released);
    expect(untouched).toEqual(before.filter(({ _id }) => untouched.some((account) => account._id.equals(_id))));
    expect(world.logs).toContainEqual(
      expect.objectContaining({ message: "run stopped", fields: { reason: "client_refused", tiktokError: code } }),
    );
  });
});

test("a Retry-After is waited for, an exaggerated one for an hour", async () => {
  const polite = await world.dueAccount({ tokenExpiry: in24Hours() });
  tiktok.fault("token:refresh_token", { status: 429, body: "", headers: { "retry-after": "600" } });
  await world.run();
  const greedy = await world.dueAccount({ tokenExpiry: in24Hours() });
  tiktok.fault("token:refresh_token", { status: 429, body: "", headers: { "retry-after": "86400" } });
  await world.run();

  expectWithin((await world.accountNow(polite)).nextRefreshAt, 600_000, 600_000 + QUARTER_HOUR);
  expectWithin((await world.accountNow(greedy)).nextRefreshAt, HOUR, HOUR + QUARTER_HOUR);
});

test("a passed refresh token expiry asks the person, and TikTok is not asked at all", async () => {
  const before = await world.dueAccount({ refreshTokenExpiry: new Date(world.now().getTime() - 1) });
  const calls = tiktok.calls.length;

  const report = await world.run();

  expect(report).toMatchObject({ needsReauth: { refresh_token_expired: 1 } });
  expect(tiktok.calls).toHaveLength(calls);
  expect(await world.accountNow(before)).toMatchObject({
    status: "needs_reauth",
    statusReason: "refresh_token_expired",
  });
});

test("a token that does not open stays as it is, and is counted", async () => {
  const before = await world.dueAccount({ refreshToken: "v1.gone.AAAA.AAAA.AAAA" });

  const report = await world.run();

  expect(report).toMatchObject({ backedOff: 1, unreadable: 1, providerFailures: 0 });
  expect(await world.accountNow(before)).toMatchObject({
    ...tokensOf(before),
    status: "active",
    statusReason: null,
    lastError: { code: "token_unreadable" },
  });
});

test.each([{ refresh_token: "" }, {}])(
  "an answer with refresh token %j leaves the stored one in place",
  async (given) => {
    const before = await world.dueAccount();
    const body = {
      access_token: "act.a-new-access-token",
      expires_in: 7200,
      open_id: before.platformAccountId,
      ...given,
    };
    tiktok.fault("token:refresh_token", { status: 200, body });

    const report = await world.run();

    const after = await world.accountNow(before);
    expect(report).toMatchObject({ refreshed: 1, rotations: 0 });
    expect(world.refreshTokenOf(after)).toBe(world.refreshTokenOf(before));
    expect(world.accessTokenOf(after)).toBe(body.access_token);
    expect(after.scopes).toEqual(before.scopes);
  },
);

test("a success clears what earlier failures left behind", async () => {
  const lastError = { code: "http_503", at: world.now() };
  const before = await world.dueAccount({ statusReason: IN_DOUBT, lastError, refreshAttempts: 7 });

  await world.run();

  expect(await world.accountNow(before)).toMatchObject({
    status: "active",
    statusReason: null,
    lastError: null,
    refreshAttempts: 0,
    tokenVersion: 2,
  });
});

test("a run stops when half of twenty answers are failures, and gives back the rest untouched but for the time", async () => {
  for (let count = 0; count < 60; count += 1) await world.dueAccount();
  tiktok.fault("token:refresh_token", { status: 503, body: "" }, { probability: 1 });

  const report = await world.run({ limits: { concurrency: 5, batchSize: 200, leaseMs: 90_000 } });

  const released = (await everyAccount()).filter(({ refreshAttempts }) => refreshAttempts === 0);
  expect(report).toMatchObject({ claimed: 60, stopped: "provider_failing", needsReauth: NOBODY });
  expect(report.backedOff).toBeLessThanOrEqual(24);
  expect(released).toHaveLength(60 - report.backedOff);
  for (const account of released) {
    expect(account).toMatchObject({ status: "active", statusReason: null, lease: null, lastError: null });
    expectWithin(account.nextRefreshAt, 30_000, 2 * HOUR);
    expect(account.nextRefreshAt < account.tokenExpiry).toBe(true);
  }
});

function runInto({ fault, fetch }: RefreshFailure, onAnswered?: () => Promise<void>) {
  if (fault) tiktok.fault("token:refresh_token", fault);
  return world.run({ onStep: whenAnswered(onAnswered), tiktok: { ...world.deps.tiktok, ...(fetch && { fetch }) } });
}

function refused(fault: RefreshFailure["fault"] & object, onAnswered?: () => Promise<void>) {
  tiktok.fault("token:refresh_token", fault);
  return world.run({ onStep: whenAnswered(onAnswered) });
}

const whenAnswered =
  (then: (() => Promise<void>) | undefined): TokenDependencies["onStep"] =>
  (step) =>
    step === "answered" ? then?.() : undefined;

/** Claimed before by somebody who never came back. */
const takenOver = () => ({ lease: { id: "gone", until: new Date(world.now().getTime() - 60_000) } });

const in24Hours = () => new Date(world.now().getTime() + 24 * HOUR);

const tokensOf = ({ accessToken, refreshToken, tokenVersion }: SocialAccount) => ({
  accessToken,
  refreshToken,
  tokenVersion,
});

const everyAccount = () => world.db.collection<SocialAccount>("socialaccounts").find().sort({ _id: 1 }).toArray();

const eventsOf = ({ _id }: SocialAccount) => world.db.collection("auditevents").find({ accountId: _id }).toArray();

function expectWithin(at: Date, fromMs: number, toMs: number): void {
  const delay = at.getTime() - world.now().getTime();
  expect(delay).toBeGreaterThanOrEqual(fromMs);
  expect(delay).toBeLessThanOrEqual(toMs);
}
