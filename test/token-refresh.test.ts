import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { lambdaContext } from "../dev/lambda/payload.ts";
import { failingCommands } from "./support/fail-command.ts";
import { person } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const appName = `refresh-${randomUUID()}`;
const stack = await testStack({ AWS_LAMBDA_FUNCTION_NAME: appName });
const rescues = stack.aws.queue("rescues");
process.env.RESCUE_QUEUE_URL = rescues.url; // known once the stack runs; the functions read it when first called
const failing = failingCommands(stack, appName);
const accounts = stack.db.collection("socialaccounts");
const refresh = () => stack.invoke("token-refresh", {});

test("a token that has come due is refreshed, and its successor is the one that works", async () => {
  const { openId, before } = await dueAccount();

  const report = await refresh();

  const after = await accounts.findOne({ platformAccountId: openId });
  expect(report).toMatchObject({ claimed: 1, refreshed: 1, rotations: 1, stopped: null });
  expect(after).toMatchObject({
    status: "active",
    statusReason: null,
    tokenVersion: 2,
    lease: null,
    refreshAttempts: 0,
  });
  expect(after?.nextRefreshAt.getTime()).toBeGreaterThan(Date.now() + 0.69 * 7_200_000);
  expect(after?.refreshToken).not.toBe(before?.refreshToken);
  expect(stack.tiktok.rotations(openId)).toBe(1);
});

test("a refresh token that TikTok does not accept any more asks for the person", async () => {
  const { openId } = await dueAccount();
  stack.tiktok.removeAuthorization(openId);

  const report = await refresh();

  expect(report).toMatchObject({ needsReauth: { invalid_grant: 1 } });
  expect(await accounts.findOne({ platformAccountId: openId })).toMatchObject({
    status: "needs_reauth",
    statusReason: "invalid_grant",
    lease: null,
  });
});

test("a hiccup at TikTok changes nothing but the time of the next attempt", async () => {
  const { openId, before } = await dueAccount();
  stack.tiktok.fault("token:refresh_token", { status: 503, body: "<html>" });

  const report = await refresh();

  const after = await accounts.findOne({ platformAccountId: openId });
  expect(report).toMatchObject({ backedOff: 1 });
  expect(after).toMatchObject({
    status: "active",
    refreshToken: before?.refreshToken,
    refreshAttempts: 1,
    lease: null,
  });
  expect(after?.nextRefreshAt.getTime()).toBeGreaterThan(Date.now() + 25_000);
});

test("the app's own code gets a token that works", async () => {
  const { openId, before } = await dueAccount();
  await accounts.updateOne({ _id: before?._id }, { $set: { tokenExpiry: new Date(Date.now() + 60_000) } });

  const answers = await Promise.all(
    Array.from({ length: 5 }, () => stack.invoke("access-token", { accountId: String(before?._id), minutes: 10 })),
  );

  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  const [answer] = answers as { status: string; accessToken: string }[];
  expect(answer?.status).toBe("ok");
  expect(stack.tiktok.isWorkingAccessToken(answer?.accessToken ?? "")).toBe(true);
  expect(stack.tiktok.rotations(openId)).toBe(1);
});

test("a pair that cannot be stored waits in the rescue queue and is stored from there", async () => {
  const { openId, before } = await dueAccount();
  await accounts.updateOne({ _id: before?._id }, { $set: { tokenExpiry: new Date() } });
  await failing({ failCommands: ["update"], errorCode: 13 }, "alwaysOn");

  const asked = await stack.invoke(
    "access-token",
    { accountId: String(before?._id) },
    lambdaContext({ remainingMs: 12_000 }),
  );
  await failing({ failCommands: [] }, "off");
  const [message] = rescues.receive();
  const stored = await stack.invoke("token-rescue", { Records: [message] });
  const askedAgain = await stack.invoke("access-token", { accountId: String(before?._id) });

  expect(asked).toMatchObject({ status: "unavailable", code: "not_stored" });
  expect(stored).toEqual({ batchItemFailures: [] });
  expect(askedAgain).toMatchObject({ status: "ok", platformAccountId: openId });
  expect(stack.tiktok.rotations(openId)).toBe(1);
});

test("without a bus the events stay in the outbox", async () => {
  const { openId } = await dueAccount();

  const report = await refresh();

  expect(report).toMatchObject({ eventsPublished: 0 });
  expect(await stack.db.collection("auditevents").find({ platformAccountId: openId }).toArray()).toMatchObject([
    { type: "SocialAccountLinked", sequence: 1, publishedAt: null },
  ]);
  expect(stack.aws.calls).not.toContain("events.PutEvents");
});

async function dueAccount() {
  const { openId } = stack.tiktok.addAccount();
  await (await person(stack)).connect({ account: openId });
  await accounts.updateOne({ platformAccountId: openId }, { $set: { nextRefreshAt: new Date(Date.now() - 1000) } });
  return { openId, before: await accounts.findOne({ platformAccountId: openId }) };
}
