import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { bothSides } from "./support/collections.ts";
import { type CommandFailure, failingCommands } from "./support/fail-command.ts";
import { person, told } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const appName = `callback-${randomUUID()}`;
const stack = await testStack({ AWS_LAMBDA_FUNCTION_NAME: appName });
const failing = failingCommands(stack, appName);
const UNSAVED = { tiktok: "error", code: "storage_unavailable" };

const TRANSIENT = { errorCode: 112, errorLabels: ["TransientTransactionError"] };
const FATAL = { errorCode: 13 };
const CLOSED = { closeConnection: true };
const STEPS = { account: "findAndModify", reference: "update", "audit event": "insert", commit: "commitTransaction" };
type Step = keyof typeof STEPS;
const steps: Step[] = ["account", "reference", "audit event", "commit"];

test.each(steps.flatMap((step) => [TRANSIENT, CLOSED].map((fault) => ({ step, fault, kind: Object.keys(fault)[0] }))))(
  "a passing fault ($kind) while writing the $step ends linked, once",
  async ({ step, fault }) => {
    const { ada, openId, comingBack } = await atTheExchange();
    await failing({ failCommands: [STEPS[step]], ...fault });

    const back = await comingBack;

    const rows = await stack.db.collection("socialaccounts").find({ platformAccountId: openId }).toArray();
    expect(told(back)).toEqual({ tiktok: "linked", account: String(rows[0]?._id) });
    expect(rows).toMatchObject([{ userId: ada.userId, tokenVersion: 1 }]);
    expect(await stack.db.collection("users").findOne({ _id: ada.userId })).toMatchObject({
      socialAccounts: [rows[0]?._id],
    });
    expect(await stack.db.collection("auditevents").countDocuments({ platformAccountId: openId })).toBe(1);
  },
);

test.each(steps)("a lasting fault while writing the %s leaves nothing half-written", async (step) => {
  const { openId, comingBack, comeAgain } = await atTheExchange();
  const before = await bothSides(stack.db);
  await failing({ failCommands: [STEPS[step]], ...FATAL });

  const back = await comingBack;
  const again = await comeAgain();

  expect([told(back), told(again)]).toEqual([UNSAVED, UNSAVED]);
  expect(await bothSides(stack.db)).toEqual(before);
  expect(await stack.db.collection("auditevents").countDocuments({ platformAccountId: openId })).toBe(0);
});

test("a lasting fault while writing the outcome leaves nothing half-written", async () => {
  const { openId, comingBack } = await atTheExchange();
  const before = await bothSides(stack.db);
  await failing({ failCommands: ["update"], ...FATAL }, { skip: 1 });

  const back = await comingBack;

  expect(told(back)).toEqual(UNSAVED);
  expect(await bothSides(stack.db)).toEqual(before);
  expect(await stack.db.collection("auditevents").countDocuments({ platformAccountId: openId })).toBe(0);
});

test.each([
  ["once", { code: 91, errmsg: "shutting down" }],
  ["past the time it is given", { code: 50, errmsg: "too slow" }],
])("a commit whose answer is lost %s has linked, and a repeat hears so", async (_, writeConcernError) => {
  const { ada, comingBack, comeAgain } = await atTheExchange();
  await failing({ failCommands: ["commitTransaction"], writeConcernError });

  const back = await comingBack;
  const again = await comeAgain();

  expect(told(back).tiktok).toBe("linked");
  expect(again.href).toBe(back.href);
  expect(await stack.db.collection("socialaccounts").countDocuments({ userId: ada.userId })).toBe(1);
});

test("a commit that stays without an answer is sent until it has one", async () => {
  const { ada, comingBack } = await atTheExchange();
  await failing({ failCommands: ["commitTransaction"], ...CLOSED }, { times: 3 });

  const back = await comingBack;

  expect(told(back).tiktok).toBe("linked");
  expect(await stack.db.collection("socialaccounts").countDocuments({ userId: ada.userId })).toBe(1);
});

test("a database that refuses everything after the claim is told on the page the connection was started from", async () => {
  const { comingBack } = await atTheExchange();
  const before = await bothSides(stack.db);
  await failing({ failCommands: ["findAndModify", "update", "insert", "find"], ...FATAL }, "alwaysOn");

  const back = await comingBack;

  expect(back.pathname + back.search).toBe("/settings?tiktok=error&code=storage_unavailable");
  expect(await bothSides(stack.db)).toEqual(before);
});

test.each<[string, CommandFailure]>([
  ["refuses", { failCommands: ["findAndModify"], ...FATAL }],
  ["drops the connection of", { failCommands: ["findAndModify"], ...CLOSED }],
])("a database that %s the claim leaves the state to be used", async (_, failure) => {
  const ada = await person(stack);
  const callback = await ada.consent({ account: stack.tiktok.addAccount().openId });
  const before = await bothSides(stack.db);
  await failing(failure, { times: 2 });

  const back = await ada.comeBack(callback);
  const unchanged = await bothSides(stack.db);
  await failing(failure, "off");

  expect(told(back)).toEqual(UNSAVED);
  expect(unchanged).toEqual(before);
  expect(told(await ada.comeBack(callback)).tiktok).toBe("linked");
});

test.each(["find", "insert"])("a database that refuses to %s at the start is told on the page", async (command) => {
  const ada = await person(stack);
  await failing({ failCommands: [command], ...FATAL });

  const back = await ada.begin({ returnTo: "/settings" });

  expect(back.pathname + back.search).toBe("/settings?tiktok=error&code=storage_unavailable");
  expect(await stack.db.collection("oauthstates").countDocuments({ userId: ada.userId })).toBe(0);
});

test("a password that was changed is fetched once more, and the person notices nothing", async () => {
  const ada = await person(stack);
  await ada.begin();
  const reads = stack.aws.secretReads;
  stack.aws.putSecret(stack.environment.SECRET_ID ?? "", stack.secret);
  await failing({ failCommands: ["find"], errorCode: 18 });

  const authorize = await ada.begin();

  expect(authorize.origin).toBe(stack.tiktok.origin);
  expect(stack.aws.secretReads).toBe(reads + 1);
});

test("a password that stays wrong is asked for once more, not for ever", async () => {
  const ada = await person(stack);
  await ada.begin();
  const reads = stack.aws.secretReads;
  await failing({ failCommands: ["find"], errorCode: 18 }, "alwaysOn");

  const back = await ada.begin();

  expect(told(back)).toEqual(UNSAVED);
  expect(stack.aws.secretReads).toBe(reads + 1);
});

/** A person whose callback has claimed its state and waits for TikTok: whatever fails from now on fails the link. */
async function atTheExchange() {
  const ada = await person(stack);
  const { openId } = stack.tiktok.addAccount();
  const callback = await ada.consent({ account: openId }, { returnTo: "/settings" });
  const exchanges = stack.tiktok.calls.length;
  stack.tiktok.fault("token:authorization_code", { delayMs: 80 });
  const comingBack = ada.comeBack(callback);
  while (stack.tiktok.calls.length === exchanges) await sleep(2);
  return { ada, openId, comingBack, comeAgain: () => ada.comeBack(callback) };
}
