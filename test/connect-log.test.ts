import { ObjectId } from "mongodb";
import { expect, test } from "vitest";
import { httpEvent } from "../dev/lambda/payload.ts";
import { leaked } from "./support/leaks.ts";
import { type Person, person, told } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();

test("a link is one line at info with the request's id, and at debug each step the flow asks for", async () => {
  const ada = await person(stack);
  const userId = ada.userId.toHexString();
  const { openId } = stack.tiktok.addAccount();

  const first = await linesOf(() => ada.connect({ account: openId }));
  const again = await linesOf(() => ada.connect({ account: openId }));

  const accountId = String((await stack.db.collection("socialaccounts").findOne({ userId: ada.userId }))?._id);
  expect(first.map(({ level, message }) => [level, message])).toEqual([
    ["DEBUG", "user id converted"],
    ["INFO", "connection begun"],
    ["DEBUG", "account created"],
    ["DEBUG", "user updated"],
    ["INFO", "connection completed"],
  ]);
  expect(again.map(({ message }) => message)).toContain("account updated");
  expect(first).toMatchObject([{ userId }, { userId }, { accountId }, { userId }, { outcome: "linked", accountId }]);
});

test.each<[string, (ada: Person) => Promise<URL>, string]>([
  ["a cancel", (ada) => ada.connect({ cancel: true }), "access_denied"],
  ["an unknown state", (ada) => ada.open("oauth-callback", "/tiktok/callback", "code=c&state=s"), "state_invalid"],
  ["a missing session", (ada) => signedOut(ada).begin(), "session_missing"],
  ["a foreign site", (ada) => ada.begin({}, { "sec-fetch-site": "cross-site" }), "cross_site"],
])("%s is one line with its code", async (_, go, code) => {
  const ada = await person(stack);

  const lines = await linesOf(() => go(ada));

  expect(lines.filter(({ outcome }) => outcome !== undefined)).toMatchObject([{ level: "INFO", outcome: code }]);
});

test("the line of a refusal ties the request's id to TikTok's log id and words, cut short and echoed nowhere", async () => {
  const ada = await person(stack);
  const words = `because ${"x".repeat(1000)}`;
  const body = { error: "invalid_grant", error_description: words, log_id: "2026LOG" };
  stack.tiktok.fault("token:authorization_code", { body });
  let back: URL | undefined;

  const lines = await linesOf(async () => {
    back = await ada.connect({ account: stack.tiktok.addAccount().openId });
  });

  const refusal = lines.find(({ outcome }) => outcome === "tiktok_refused");
  expect(refusal).toMatchObject({
    tiktokError: "invalid_grant",
    tiktokLogId: "2026LOG",
    requestId: expect.any(String),
  });
  expect(String(refusal?.tiktokDescription)).toHaveLength(200);
  expect(back && told(back)).toEqual({ tiktok: "error", code: "tiktok_refused" });
});

test("every line carries the id of its request", async () => {
  const event = httpEvent({ path: "/tiktok/callback", query: "code=c&state=s", requestId: "request-7" });

  const lines = await linesOf(() => stack.http("oauth-callback", event));

  expect(lines.map(({ requestId }) => requestId)).toEqual(["request-7"]);
});

test("a state, a code or a cookie that belongs to nobody is not printed either", async () => {
  const strange = "S".repeat(43);
  const event = httpEvent({
    path: "/tiktok/callback",
    query: `code=${strange}c&state=${strange}`,
    cookies: [`__Host-connect=${strange}`, `__Secure-authjs.session-token=${strange}`],
  });

  await stack.http("oauth-callback", event);

  expect(leaked([strange], stack.printed())).toEqual([]);
});

test("the check for printed secrets finds one that is printed, plainly or encoded", async () => {
  const ada = await person(stack);
  await ada.connect({ account: stack.tiktok.addAccount().openId });
  const code = [...stack.tiktok.issued].find((secret) => secret.includes("*")) ?? "";

  expect(leaked([code, new ObjectId().toHexString()], `{"message":"${code}"}`)).toEqual([code]);
  expect(leaked([code], `?code=${encodeURIComponent(code)}`)).toEqual([code]);
  expect(leaked(stack.tiktok.issued, stack.printed())).toEqual([]);
  expect(stack.printed()).toContain("connection completed");
});

function signedOut(ada: Person): Person {
  ada.signOut();
  return ada;
}

async function linesOf(go: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const lines = () => stack.logs().filter((line) => "level" in line); // the others are metrics
  const from = lines().length;
  await go();
  return lines().slice(from);
}
