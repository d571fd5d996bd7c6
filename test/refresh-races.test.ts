import { afterEach, describe, expect, test } from "vitest";
import { dueRevocations } from "../lib/accounts/pending-revocations.ts";
import { claimOne } from "../lib/accounts/refresh-queue.ts";
import { type SocialAccount, socialAccounts } from "../lib/accounts/social-account.ts";
import { unlinkAccount } from "../lib/connect/unlink-account.ts";
import { refreshTokens } from "../lib/tiktok/tokens.ts";
import type { RefreshStep } from "../lib/tokens/dependencies.ts";
import { freshToken } from "../lib/tokens/fresh-token.ts";
import { RescueMessage } from "../lib/tokens/rescue-message.ts";
import { rescuePair } from "../lib/tokens/rescue-pair.ts";
import { tryRevocation } from "../lib/tokens/revoke-pending.ts";
import { sealPair } from "../lib/tokens/seal-pair.ts";
import { tokenWorld } from "./support/world.ts";

const MINUTE = 60_000;
const world = await tokenWorld();
const { db, tiktok } = world;
const steps: RefreshStep[] = ["claimed", "asking", "answered", "stored"];

afterEach(async () => {
  world.rescues.bodies.length = 0;
  tiktok.settings.refreshEndsAccessTokens = false;
  await socialAccounts(db).deleteMany({});
});

describe.each(steps)("while a refresh is at %s", (step) => {
  test("a new link wins, and its tokens work", async () => {
    const before = await world.dueAccount();
    let relinked: SocialAccount | undefined;

    const report = await runWith(step, async () => {
      await world.relink(before);
      relinked = await world.accountNow(before);
    });

    const after = await world.accountNow(before);
    expect(report).toMatchObject({ claimed: 1, [step === "stored" ? "refreshed" : "kept"]: 1 });
    expect(after).toEqual(relinked);
    expect(tiktok.isWorkingRefreshToken(world.refreshTokenOf(after))).toBe(true);
    expect(await db.collection("revocations").countDocuments()).toBe(0);
  });

  test("an unlink ends with nothing stored here and nothing authorized at TikTok", async () => {
    tiktok.settings.refreshEndsAccessTokens = true; // only the newest pair can be revoked
    const before = await world.dueAccount();

    await runWith(step, async () => {
      await unlinkAccount({ userId: before.userId, accountId: before._id }, world.deps);
    });
    await revokePending();

    expect(await socialAccounts(db).countDocuments({ _id: before._id })).toBe(0);
    expect(await db.collection("revocations").countDocuments()).toBe(0);
    expect(tiktok.authorized(before.platformAccountId)).toBe(false);
  });

  test("an unlink that is revoked at once leaves no trace of the refresh", async () => {
    const before = await world.dueAccount();

    await runWith(step, async () => {
      await unlinkAccount({ userId: before.userId, accountId: before._id }, world.deps);
      await revokePending();
    });
    await revokePending();

    expect(await socialAccounts(db).countDocuments({ _id: before._id })).toBe(0);
    expect(await db.collection("revocations").countDocuments()).toBe(0);
    expect(tiktok.authorized(before.platformAccountId)).toBe(false);
  });

  test("a rescued pair of an earlier refresh is kept, and it works", async () => {
    const before = await inDoubtWithRescue();

    const report = await runWith(step, async () => {
      await rescuePair(db, RescueMessage.parse(JSON.parse(world.rescues.bodies[0] ?? "")));
    });
    const queued = world.rescues.bodies.splice(0);
    for (const body of queued) await rescuePair(db, RescueMessage.parse(JSON.parse(body)));

    const after = await world.accountNow(before);
    expect(report).toMatchObject({ claimed: 1, lost: 0, rescued: 0 });
    expect(after).toMatchObject({ status: "active", tokenVersion: 2 });
    expect(tiktok.isWorkingRefreshToken(world.refreshTokenOf(after))).toBe(true);
  });

  test("callers who need a token now wait for that refresh and get a working one, asked of TikTok once", async () => {
    const before = await world.dueAccount({ tokenExpiry: new Date(world.now().getTime() + MINUTE) });
    const callers: ReturnType<typeof freshToken>[] = [];

    await runWith(step, () => {
      for (let caller = 0; caller < 5; caller += 1) callers.push(freshToken(before._id, 5 * MINUTE, world.deps));
    });
    const answers = await Promise.all(callers);

    const tokens = new Set(answers.map((answer) => (answer.kind === "token" ? answer.accessToken : answer.kind)));
    expect(tokens).toEqual(new Set([world.accessTokenOf(await world.accountNow(before))]));
    expect(tiktok.isWorkingAccessToken([...tokens][0] ?? "")).toBe(true);
    expect(tiktok.rotations(before.platformAccountId)).toBe(1);
  });
});

test("a caller hears what TikTok said of the app, and does not wait for nobody", async () => {
  const account = await world.dueAccount({ tokenExpiry: new Date(world.now().getTime() + MINUTE) });
  tiktok.fault("token:refresh_token", { status: 401, body: { error: "invalid_client" } }, { times: 2 });

  const answer = await freshToken(account._id, 5 * MINUTE, world.deps);

  expect(answer).toMatchObject({ kind: "unavailable", code: "invalid_client" });
});

test("after a failure callers are spared for half a minute, and so is TikTok", async () => {
  const account = await world.dueAccount({ tokenExpiry: new Date(world.now().getTime() + MINUTE) });
  tiktok.fault("token:refresh_token", { status: 503, body: "" }, { probability: 1 });
  const calls = tiktok.calls.length;

  const answers = [];
  for (let caller = 0; caller < 3; caller += 1) answers.push(await freshToken(account._id, 5 * MINUTE, world.deps));
  tiktok.clearFaults();
  world.advance(30_000);
  const later = await freshToken(account._id, 5 * MINUTE, world.deps);

  const unavailable = expect.objectContaining({ kind: "unavailable", code: "http_503" });
  expect(answers).toEqual([unavailable, unavailable, unavailable]);
  expect(later.kind).toBe("token");
  expect(tiktok.calls.length - calls).toBe(2);
});

test("nobody gets a lease that somebody else holds, nor one for tokens that have changed", async () => {
  const account = await world.dueAccount();
  const terms = { now: world.now(), leaseMs: 30_000 };

  const [first, second] = await Promise.all([claimOne(db, account, terms), claimOne(db, account, terms)]);
  await world.relink(account);
  const third = await claimOne(db, account, terms);

  expect([first, second].filter(Boolean)).toHaveLength(1);
  expect(third).toBeUndefined();
});

/** A run that is stopped at this step until the other party is done. */
function runWith(at: RefreshStep, other: () => Promise<void> | void) {
  let met = false;
  return world.run({
    async onStep(step) {
      if (step !== at || met) return;
      met = true;
      await other();
    },
  });
}

/** TikTok has changed the pair, the new one waits in the queue, and the lease of who asked has run out. */
async function inDoubtWithRescue(): Promise<SocialAccount> {
  const before = await world.dueAccount();
  const leased = await claimOne(db, before, { now: world.now(), leaseMs: MINUTE });
  const spent = world.refreshTokenOf(before);
  const grant = await refreshTokens(world.deps.tiktok, spent, 5_000);
  const { _id: accountId, userId, platform, platformAccountId, tokenVersion } = before;
  const tokens = sealPair(leased ?? before, grant, spent, world.deps);
  await world.rescues.send({ accountId, userId, platform, platformAccountId, tokenVersion, tokens });
  world.advance(2 * MINUTE);
  return before;
}

async function revokePending(): Promise<void> {
  for (const revocation of await dueRevocations(db, world.now()))
    await tryRevocation(db, revocation, { ...world.deps, deadlineMs: 5_000 });
}
