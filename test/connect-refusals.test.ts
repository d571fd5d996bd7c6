import { ObjectId } from "mongodb";
import { afterEach, expect, test } from "vitest";
import type { Fault } from "../dev/fake-tiktok/faults.ts";
import { bothSides } from "./support/collections.ts";
import { browserOf, person, sessionCookie, told } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();
const failure = (code: string) => ({ tiktok: "error", code });
const grantOf = (openId: string) => ({ account: openId });
const exchanges = () => stack.tiktok.calls.filter(({ endpoint }) => endpoint === "token:authorization_code").length;

afterEach(() => stack.tiktok.clearFaults());

test("a person who cancels is told so and nothing changes", async () => {
  const ada = await person(stack);
  const before = await bothSides(stack.db);

  const back = await ada.connect({ cancel: true }, { returnTo: "/settings" });

  expect(back.pathname + back.search).toBe("/settings?tiktok=error&code=access_denied");
  expect(await bothSides(stack.db)).toEqual(before);
});

test("somebody who is not signed in cannot begin", async () => {
  const back = await browserOf(stack, new ObjectId()).begin();

  expect(told(back)).toEqual(failure("session_missing"));
  expect(await stack.db.collection("oauthstates").countDocuments({ createdAt: { $gt: new Date() } })).toBe(0);
});

test("a start from a foreign site is refused, one whose browser does not tell is not", async () => {
  const ada = await person(stack);

  const foreign = await ada.begin({ returnTo: "/settings" }, { "Sec-Fetch-Site": "cross-site" });
  const own = await ada.begin({}, { "sec-fetch-site": "same-origin" });
  const silent = await ada.begin();

  expect(foreign.pathname + foreign.search).toBe("/settings?tiktok=error&code=cross_site");
  expect([own.origin, silent.origin]).toEqual([stack.tiktok.origin, stack.tiktok.origin]);
  expect(await stack.db.collection("oauthstates").countDocuments({ userId: ada.userId })).toBe(2);
});

test("somebody else signed in at the callback is refused before the code is used, for good", async () => {
  const [ada, bob] = [await person(stack), await person(stack)];
  const callback = await ada.consent(grantOf(stack.tiktok.addAccount().openId));
  const [before, exchanged] = [await bothSides(stack.db), exchanges()];

  await ada.signIn(bob.userId.toHexString());
  const back = await ada.comeBack(callback);
  await ada.signIn(ada.userId.toHexString());
  const again = await ada.comeBack(callback);

  expect([told(back), told(again)]).toEqual(Array(2).fill(failure("session_changed")));
  expect(await bothSides(stack.db)).toEqual(before);
  expect(exchanges()).toBe(exchanged);
});

test("a session that writes the same user's id in capitals is the same user's", async () => {
  const ada = await person(stack);
  await ada.signIn(ada.userId.toHexString().toUpperCase());

  const back = await ada.connect(grantOf(stack.tiktok.addAccount().openId));

  expect(told(back).tiktok).toBe("linked");
});

test.each(["user-1", "12", "{}", "ffffffffffffffffffffffff0", "ÿÿÿÿÿÿÿÿÿÿÿÿ"])(
  "a session whose user id is %j has no user",
  async (userId) => {
    const before = await bothSides(stack.db);

    const back = await browserOf(stack, new ObjectId(), await sessionCookie(stack, userId)).begin();

    expect(told(back)).toEqual(failure("user_not_found"));
    expect(await bothSides(stack.db)).toEqual(before);
  },
);

test("a session of a user who was deleted cannot begin", async () => {
  const ada = await person(stack);
  await stack.db.collection("users").deleteOne({ _id: ada.userId });

  expect(told(await ada.begin())).toEqual(failure("user_not_found"));
});

test("a user deleted while at TikTok is not linked, and TikTok forgets the app again", async () => {
  const ada = await person(stack);
  const { openId } = stack.tiktok.addAccount();
  const callback = await ada.consent(grantOf(openId));
  await stack.db.collection("users").deleteOne({ _id: ada.userId });
  const before = await bothSides(stack.db);

  const back = await ada.comeBack(callback);

  expect(told(back)).toEqual(failure("user_not_found"));
  expect(await bothSides(stack.db)).toEqual(before);
  expect(stack.tiktok.authorized(openId)).toBe(false);
});

test("a missing required scope stores nothing and ends the grant at once", async () => {
  const ada = await person(stack);
  const { openId } = stack.tiktok.addAccount();
  const before = await bothSides(stack.db);

  const back = await ada.connect({ account: openId, scopes: ["video.publish"] });

  expect(told(back)).toEqual(failure("scope_missing"));
  expect(await bothSides(stack.db)).toEqual(before);
  expect(stack.tiktok.authorized(openId)).toBe(false);
  expect(await stack.db.collection("revocations").countDocuments({ platformAccountId: openId })).toBe(0);
});

test("a grant that cannot be ended at once is noted, its tokens sealed", async () => {
  const ada = await person(stack);
  const { openId } = stack.tiktok.addAccount();
  stack.tiktok.fault("revoke", { status: 503 });

  const back = await ada.connect({ account: openId, scopes: ["video.publish"] });

  expect(told(back)).toEqual(failure("scope_missing"));
  expect(await stack.db.collection("revocations").find({ platformAccountId: openId }).toArray()).toMatchObject([
    { userId: ada.userId, platform: "tiktok", accessToken: expect.stringMatching(/^v1\.k1\./), attempts: 1 },
  ]);
});

test("a grant of an account that somebody has linked is left alone, because ending it would end theirs", async () => {
  const [ada, bob] = [await person(stack), await person(stack)];
  const { openId } = stack.tiktok.addAccount();
  await bob.connect(grantOf(openId));
  const before = await bothSides(stack.db);

  const back = await ada.connect({ account: openId, scopes: ["video.publish"] });

  expect(told(back)).toEqual(failure("scope_missing"));
  expect(await bothSides(stack.db)).toEqual(before);
  expect(stack.tiktok.authorized(openId)).toBe(true);
});

test("an optional scope may be refused: what was granted is stored", async () => {
  const ada = await person(stack);

  const back = await ada.connect({ account: stack.tiktok.addAccount().openId, scopes: ["user.info.basic"] });

  expect(told(back).tiktok).toBe("linked");
  expect(await stack.db.collection("socialaccounts").findOne({ userId: ada.userId })).toMatchObject({
    scopes: ["user.info.basic"],
  });
});

test.each([
  { error: "invalid_scope", errorType: "scope" },
  { error: "unauthorized_client", errorType: "client_key" },
  { error: "access_denied", errorType: "non_sandbox_target" },
  { error: "server_error" },
  { error: "<script>alert(1)</script>".repeat(50) },
])("an error at the consent page other than a cancel is a refusal: $error $errorType", async (choice) => {
  const ada = await person(stack);
  const before = await bothSides(stack.db);

  const back = await ada.connect(choice);

  expect(told(back)).toEqual(failure("tiktok_refused"));
  expect(await bothSides(stack.db)).toEqual(before);
});

const nested = { error: { code: "invalid_request", message: "no", log_id: "L1" } };
const refusals: [string, Fault][] = [
  ["invalid_grant under 200", { body: { error: "invalid_grant", error_description: "expired", log_id: "L1" } }],
  ["invalid_grant under 400", { status: 400, body: { error: "invalid_grant" } }],
  ["invalid_scope", { body: { error: "invalid_scope" } }],
  ["unauthorized_client", { status: 401, body: { error: "unauthorized_client" } }],
  ["a nested error", { body: nested }],
  ["an error beside a token", { body: { error: "invalid_grant", access_token: "act.x", expires_in: 1, open_id: "x" } }],
];

test.each(refusals)("a code that TikTok refuses with %s is a refusal", async (_, fault) => {
  await expectExchangeFails(fault, "tiktok_refused");
});

const outages: [string, Fault][] = [
  ["500", { status: 500, body: "oops" }],
  ["503 with JSON", { status: 503, body: { error: "temporarily_unavailable" } }],
  ["429", { status: 429, headers: { "retry-after": "1" } }],
  ["server_error under 200", { body: { error: "server_error" } }],
  ["a connection cut before", { drop: "before" }],
  ["a connection cut after", { drop: "after" }],
  ["HTML under 200", { body: "<!doctype html><title>Captcha</title>" }],
  ["nothing under 200", { status: 200, body: "" }],
  ["JSON that is cut off", { status: 200, body: '{"access_token":"act' }],
  ["no access token", { body: { open_id: "x", expires_in: 7200 } }],
  ["no refresh token", { body: { access_token: "act.x", expires_in: 7200, open_id: "x", scope: "user.info.basic" } }],
  ["no lifetime", { body: { access_token: "act.x", refresh_token: "r", open_id: "x" } }],
  ["a redirect", { status: 302, headers: { location: "https://evil.example/" }, body: "" }],
];

test.each(outages)("TikTok answering the exchange with %s is unavailable", async (_, fault) => {
  await expectExchangeFails(fault, "tiktok_unavailable");
});

async function expectExchangeFails(fault: Fault, code: string): Promise<void> {
  const ada = await person(stack);
  const callback = await ada.consent(grantOf(stack.tiktok.addAccount().openId), { returnTo: "/settings" });
  const [before, exchanged] = [await bothSides(stack.db), exchanges()];
  stack.tiktok.fault("token:authorization_code", fault);

  const back = await ada.comeBack(callback);
  const again = await ada.comeBack(callback);

  expect(back.pathname + back.search).toBe(`/settings?tiktok=error&code=${code}`);
  expect(again.href).toBe(back.href);
  expect(await bothSides(stack.db)).toEqual(before);
  expect(exchanges()).toBe(exchanged + 1);
}
