import { ObjectId } from "mongodb";
import { afterEach, expect, test } from "vitest";
import { type Revocation, revocations } from "../lib/accounts/revocations.ts";
import { systemClock } from "../lib/clock.ts";
import { type RevocationResult, tryRevocation } from "../lib/tokens/revoke-pending.ts";
import { bothSides } from "./support/collections.ts";
import { givenAccount, linkedAs, tokenDependencies } from "./support/linked.ts";
import { browserOf, type Person, person } from "./support/person.ts";
import { OWN_ORIGIN, requestAs } from "./support/requests.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();

afterEach(() => stack.tiktok.clearFaults());

test("disconnecting removes both sides, tells it once, and ends the authorization at TikTok at once", async () => {
  const { ada, openId, accountId } = await linked();

  const response = await unlink(ada, accountId);

  const { users, socialaccounts } = await bothSides(stack.db);
  expect(response.statusCode).toBe(204);
  expect(response.body ?? "").toBe("");
  expect(socialaccounts.filter(({ platformAccountId }) => platformAccountId === openId)).toEqual([]);
  expect(users.find(({ _id }) => _id.equals(ada.userId))?.socialAccounts).toEqual([]);
  expect(await eventsOf(accountId)).toEqual([
    ["SocialAccountLinked", 1],
    ["SocialAccountUnlinked", 2],
  ]);
  expect(stack.tiktok.authorized(openId)).toBe(false);
  expect(await pending(openId)).toEqual([]);
});

test("an account of a user whose list is null is disconnected", async () => {
  const { ada, accountId } = await linked();
  await stack.db.collection("users").updateOne({ _id: ada.userId }, { $set: { socialAccounts: null } });

  expect((await unlink(ada, accountId)).statusCode).toBe(204);
  expect(await accountsOf(ada)).toEqual([]);
});

test("disconnecting again finds nothing", async () => {
  const { ada, accountId } = await linked();
  await unlink(ada, accountId);

  const again = await unlink(ada, accountId);

  expect([again.statusCode, codeIn(again.body)]).toEqual([404, "not_found"]);
  expect(await eventsOf(accountId)).toHaveLength(2);
});

test("an outage at TikTok does not keep the account: the revocation waits and is done later", async () => {
  const { ada, openId, accountId } = await linked();
  stack.tiktok.fault("revoke", { status: 503 });

  const response = await unlink(ada, accountId);
  const [left] = await pending(openId);
  const later = await attempt(openId);

  expect(response.statusCode).toBe(204);
  expect(left).toMatchObject({ userId: ada.userId, attempts: 1 });
  expect(later).toBe("revoked");
  expect(stack.tiktok.authorized(openId)).toBe(false);
  expect(await pending(openId)).toEqual([]);
});

test("a link made right after a disconnect survives the revocation that was still pending", async () => {
  const { ada, openId, accountId } = await linked();
  stack.tiktok.fault("revoke", { status: 503 });
  await unlink(ada, accountId);
  await ada.connect({ account: openId });

  const result = await attempt(openId);

  expect(result).toBe("dropped");
  expect(stack.tiktok.authorized(openId)).toBe(true);
  expect(await pending(openId)).toEqual([]);
});

test("another user's link to the same TikTok account survives a disconnect", async () => {
  const { ada, openId, accountId } = await linked();
  const bob = await linkedAs(await person(stack), openId);

  const response = await unlink(ada, accountId);

  expect(response.statusCode).toBe(204);
  expect(stack.tiktok.authorized(openId)).toBe(true);
  expect(await pending(openId)).toEqual([]);
  expect((await accountsOf(bob.person)).map(({ id }) => id)).toEqual([bob.accountId]);
});

test("an expired access token is refreshed first, because TikTok revokes by nothing else", async () => {
  const { ada, openId, accountId } = await linked();
  await givenAccount(stack, accountId, { tokenExpiry: new Date(Date.now() - 1000) });

  await unlink(ada, accountId);

  expect(stack.tiktok.rotations(openId)).toBe(1);
  expect(stack.tiktok.authorized(openId)).toBe(false);
});

test("the pair that an interrupted revocation refreshed is kept, and the next attempt uses it", async () => {
  const { ada, openId, accountId } = await linked();
  await givenAccount(stack, accountId, { tokenExpiry: new Date(Date.now() - 1000) });
  stack.tiktok.fault("revoke", { drop: "before" });
  await unlink(ada, accountId);

  const result = await attempt(openId);

  expect(result).toBe("revoked");
  expect(stack.tiktok.rotations(openId)).toBe(1);
});

test("a revocation ends when its tokens have expired by themselves", async () => {
  const { ada, openId, accountId } = await linked();
  const past = new Date(Date.now() - 1000);
  await givenAccount(stack, accountId, { tokenExpiry: past, refreshTokenExpiry: past });
  const callsBefore = stack.tiktok.calls.length;

  await unlink(ada, accountId);

  expect(stack.tiktok.calls.length).toBe(callsBefore);
  expect(await pending(openId)).toEqual([]);
});

test("of two attempts at the same time one acts", async () => {
  const { ada, openId, accountId } = await linked();
  stack.tiktok.fault("revoke", { status: 503 });
  await unlink(ada, accountId);
  const revocation = await onlyPending(openId);

  const results = await Promise.all([tried(revocation), tried(revocation)]);

  expect(results.toSorted()).toEqual(["later", "revoked"]);
});

test.each<[string, number, string, Parameters<typeof requestAs>[3]]>([
  ["a DELETE from another site", 403, "forbidden_origin", { headers: { origin: "https://evil.example" } }],
  ["a DELETE from nowhere", 403, "forbidden_origin", { headers: {} }],
  ["a DELETE from an opaque origin", 403, "forbidden_origin", { headers: { origin: "null" } }],
  ["a form's body", 415, "unsupported_media_type", form("application/x-www-form-urlencoded")],
  ["a text body", 415, "unsupported_media_type", form("text/plain")],
  ["a body that only begins like JSON's type", 415, "unsupported_media_type", form("application/jsonp")],
  ["a body of 1 MB", 400, "invalid_request", form("application/json", JSON.stringify("x".repeat(1_000_000)))],
  ["a body that is no JSON", 400, "invalid_request", form("application/json", "{")],
  ["no session", 401, "unauthenticated", { signedOut: true }],
  ["no session and no origin", 401, "unauthenticated", { signedOut: true, headers: {} }],
  ["no session from another site", 403, "forbidden_origin", { signedOut: true, headers: { origin: "https://evil" } }],
  ["an id that is none", 404, "not_found", { accountId: "1" }],
  ["an id with an operator", 404, "not_found", { accountId: '{"$ne":null}' }],
  ["an unknown id", 404, "not_found", { accountId: new ObjectId().toHexString() }],
])("%s is refused with %i and changes nothing", async (_, status, code, request) => {
  const { ada, openId, accountId } = await linked();
  const before = await everything();

  const response = await requestAs(stack, ada, accountId, request);

  expect([response.statusCode, codeIn(response.body)]).toEqual([status, code]);
  expect(await everything()).toEqual(before);
  expect(stack.tiktok.authorized(openId)).toBe(true);
});

test("somebody else's account is not found, and stays", async () => {
  const { accountId } = await linked();
  const bob = await person(stack);
  const before = await everything();

  const response = await unlink(bob, accountId);

  expect([response.statusCode, codeIn(response.body)]).toEqual([404, "not_found"]);
  expect(await everything()).toEqual(before);
});

test("a list without a session is refused", async () => {
  const response = await browserOf(stack, new ObjectId()).get("accounts", "/accounts");

  expect(response).toMatchObject({ statusCode: 401, body: { error: { code: "unauthenticated" } } });
});

async function linked() {
  const { openId } = stack.tiktok.addAccount();
  const { person: ada, accountId } = await linkedAs(await person(stack), openId);
  return { ada, openId, accountId };
}

const unlink = (someone: Person, accountId: string) => requestAs(stack, someone, accountId);

const accountsOf = async (someone: Person) =>
  ((await someone.get("accounts", "/accounts")).body as { accounts: { id: string }[] }).accounts;

const pending = (openId: string) => revocations(stack.db).find({ platformAccountId: openId }).toArray();

async function onlyPending(openId: string): Promise<Revocation> {
  const [revocation] = await pending(openId);
  if (!revocation) throw new Error("No revocation is pending");
  return revocation;
}

const attempt = async (openId: string): Promise<RevocationResult> => tried(await onlyPending(openId));

const tried = (revocation: Revocation): Promise<RevocationResult> =>
  tryRevocation(stack.db, revocation, { ...tokenDependencies(stack), clock: systemClock, deadlineMs: 3_000 });

async function eventsOf(accountId: string) {
  const events = await stack.db
    .collection("auditevents")
    .find({ accountId: new ObjectId(accountId) })
    .sort({ sequence: 1 })
    .toArray();
  return events.map(({ type, sequence }) => [type, sequence]);
}

const everything = async () => ({
  ...(await bothSides(stack.db)),
  revocations: await revocations(stack.db).find().toArray(),
  events: await stack.db.collection("auditevents").countDocuments(),
});

function form(contentType: string, body = "a=1") {
  return { headers: { origin: OWN_ORIGIN, "content-type": contentType }, body };
}

const codeIn = (body: string | undefined) => JSON.parse(body ?? "{}").error?.code;
