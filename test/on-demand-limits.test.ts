import { expect, test } from "vitest";
import { socialAccounts } from "../lib/accounts/social-account.ts";
import { freshToken } from "../lib/tokens/fresh-token.ts";
import { placeOf } from "../lib/tokens/seal-pair.ts";
import { tokenWorld } from "./support/world.ts";

const world = await tokenWorld();
const MINUTE = 60_000;

test("who asks TikTok to wait with a Retry-After is not asked by a caller either", async () => {
  const account = await spentAccount();
  world.tiktok.fault("token:refresh_token", { status: 429, headers: { "retry-after": "600" } });
  await freshToken(account._id, 0, world.deps);
  const askedBefore = world.tiktok.calls.length;

  world.advance(5 * MINUTE);
  const early = await freshToken(account._id, 0, world.deps);
  const askedEarly = world.tiktok.calls.length - askedBefore;
  world.advance(6 * MINUTE);
  const late = await freshToken(account._id, 0, world.deps);

  expect(early).toMatchObject({ kind: "unavailable", code: "http_429" });
  expect(askedEarly).toBe(0);
  expect(late.kind).toBe("token");
});

test("a stored access token that does not open is replaced by one that does", async () => {
  const account = await world.addAccount();
  const elsewhere = { ...placeOf(account, "accessToken"), platformAccountId: "another" };
  const accessToken = world.deps.cipher.seal("act.misplaced", elsewhere);
  await socialAccounts(world.db).updateOne({ _id: account._id }, { $set: { accessToken } });

  const answer = await freshToken(account._id, 0, world.deps);

  expect(answer.kind === "token" && world.tiktok.isWorkingAccessToken(answer.accessToken)).toBe(true);
});

test("a function without the time to store a new pair does not ask for one", async () => {
  const account = await spentAccount();

  const answer = await freshToken(account._id, 0, { ...world.deps, deadline: { remaining: () => 7_000 } });

  expect(answer).toMatchObject({ kind: "unavailable", code: "time_short" });
  expect(world.tiktok.rotations(account.platformAccountId)).toBe(0);
  expect((await world.accountNow(account)).lease).toBeNull();
});

test("a lease on demand ends before the function does", async () => {
  const account = await spentAccount();
  let until = Number.POSITIVE_INFINITY;
  const onStep = async () => {
    until = (await world.accountNow(account)).lease?.until.getTime() ?? until;
  };

  await freshToken(account._id, 0, { ...world.deps, onStep, deadline: { remaining: () => 12_000 } });

  expect(until).toBeLessThanOrEqual(world.now().getTime() + 12_000);
});

const spentAccount = () => world.addAccount({ tokenExpiry: new Date(world.now().getTime() - MINUTE) });
