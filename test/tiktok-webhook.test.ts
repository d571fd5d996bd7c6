import { randomUUID } from "node:crypto";
import { ObjectId } from "mongodb";
import { expect, test } from "vitest";
import type { SignedWebhook, WebhookEvent, WebhookOptions } from "../dev/fake-tiktok/webhook.ts";
import { type HttpRequest, httpEvent } from "../dev/lambda/payload.ts";
import { bothSides } from "./support/collections.ts";
import { failingCommands } from "./support/fail-command.ts";
import { givenAccount, linkedAs } from "./support/linked.ts";
import { person } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const appName = `webhook-${randomUUID()}`;
const stack = await testStack({ AWS_LAMBDA_FUNCTION_NAME: appName });
const failing = failingCommands(stack, appName);
const previousClientSecret = randomUUID();
stack.keepSecret(previousClientSecret);
stack.aws.putSecret(stack.environment.SECRET_ID ?? "", {
  ...stack.secret,
  tiktok: { ...stack.secret.tiktok, previousClientSecret },
});
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);

test.each([
  [0, "unknown"],
  [1, "user_disconnected"],
  [2, "account_deleted"],
  [3, "age_changed"],
  [4, "account_banned"],
  [5, "developer_revoked"],
  [17, "unknown"],
])("a removal for reason %i revokes the account as %s, and tells it with the change", async (code, reason) => {
  const { openId, accountId } = await linked();

  const response = await tell({ openId, content: { reason: code } });

  expect(response).toMatchObject({ statusCode: 200, body: "{}" });
  expect(await accountOf(accountId)).toMatchObject({ status: "revoked", statusReason: reason, lease: null });
  expect(await eventsOf(accountId)).toEqual([
    ["SocialAccountLinked", 1, undefined],
    ["SocialAccountRevoked", 2, reason],
  ]);
});

test("an account that several users have linked is revoked for each of them, and for nobody else", async () => {
  const ada = await linked();
  const bob = await linkedAs(await person(stack), ada.openId);
  const other = await linked();

  await tell({ openId: ada.openId });

  expect(await statusOf(ada.accountId)).toBe("revoked");
  expect(await statusOf(bob.accountId)).toBe("revoked");
  expect(await statusOf(other.accountId)).toBe("active");
  expect(metrics()).toMatchObject({ AccountsRevoked: 2, WebhookRefused: 0 });
});

test("a removal that is told again, and again at the same time, changes nothing more", async () => {
  const { openId, accountId } = await linked();
  const event = { openId, createTime: new Date() };
  await tell(event);
  const before = await everything();

  const responses = await Promise.all([tell(event), tell(event), tell(event, { signedAt: hoursAgo(-0.1) })]);

  expect(responses.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
  expect(await everything()).toEqual(before);
  expect(await eventsOf(accountId)).toHaveLength(2);
});

test("a removal told three times at once is one event", async () => {
  const { openId, accountId } = await linked();

  await Promise.all([tell({ openId }), tell({ openId }), tell({ openId })]);

  expect((await eventsOf(accountId)).map(([, sequence]) => sequence)).toEqual([1, 2]);
});

test("a link made after the removal stays, for that user alone", async () => {
  const ada = await linked();
  const bob = await linkedAs(await person(stack), ada.openId);
  await givenAccount(stack, bob.accountId, { connectedAt: hoursAgo(3) });

  await tell({ openId: ada.openId, createTime: hoursAgo(2) });

  expect(await statusOf(ada.accountId)).toBe("active");
  expect(await statusOf(bob.accountId)).toBe("revoked");
});

test("a revoked account is active again as soon as the person links it again", async () => {
  const { ada, openId, accountId } = await linked();
  await tell({ openId, createTime: hoursAgo(-0.001) });

  await ada.connect({ account: openId });

  expect(await accountOf(accountId)).toMatchObject({ status: "active", statusReason: null });
});

test("an account that needed the person anyway is revoked too", async () => {
  const { openId, accountId } = await linked();
  await givenAccount(stack, accountId, { status: "needs_reauth", statusReason: "invalid_grant" });

  await tell({ openId });

  expect(await accountOf(accountId)).toMatchObject({ status: "revoked", statusReason: "user_disconnected" });
});

test("an event 71 hours old still counts, and so does the secret before the current one", async () => {
  const { openId, accountId } = await linked();
  await givenAccount(stack, accountId, { connectedAt: hoursAgo(80) });

  const response = await tell({ openId }, { signedAt: hoursAgo(71), clientSecret: previousClientSecret });

  expect(response.statusCode).toBe(200);
  expect(await statusOf(accountId)).toBe("revoked");
});

test("a body that the gateway passes on in base64 is verified as it was sent", async () => {
  const { openId, accountId } = await linked();
  const { headers, body } = stack.tiktok.webhook({ event: "authorization.removed", openId });

  const response = await post({ headers: { ...headers, "content-type": "application/octet-stream" }, body });

  expect(response.statusCode).toBe(200);
  expect(await statusOf(accountId)).toBe("revoked");
});

test.each(["video.upload.failed", "portability.download.ready", "something.new", "__proto__", "constructor"])(
  "the event %s is acknowledged and changes nothing",
  async (event) => {
    const { openId } = await linked();
    const before = await everything();

    const response = await tell({ event, openId });

    expect(response.statusCode).toBe(200);
    expect(await everything()).toEqual(before);
  },
);

test("a removal of an account that nobody has linked is acknowledged", async () => {
  expect((await tell({ openId: "nobody" })).statusCode).toBe(200);
});

test.each<[string, number, string, (signed: Signing) => SignedWebhook]>([
  ["without a signature", 401, "unauthenticated", ({ body }) => ({ headers: {}, body })],
  ["signed with another secret", 401, "unauthenticated", ({ sign }) => sign({}, { clientSecret: "another" })],
  ["signed 74 hours ago", 401, "unauthenticated", ({ sign }) => sign({}, { signedAt: hoursAgo(74) })],
  ["signed in two hours", 401, "unauthenticated", ({ sign }) => sign({}, { signedAt: hoursAgo(-2) })],
  ["for another app", 401, "unauthenticated", ({ sign }) => sign({}, { clientKey: "another" })],
  ["tampered with", 401, "unauthenticated", ({ headers, body }) => ({ headers, body: body.replace("{", "{ ") })],
  ["of 1 MB", 400, "invalid_request", ({ sign }) => sign({ content: { padding: "x".repeat(1_000_000) } })],
  ["that names no account", 400, "invalid_request", ({ sign }) => sign({ openId: "" })],
  ["without a date", 400, "invalid_request", ({ sign }) => sign({ createTime: new Date(Number.NaN) })],
])("a webhook %s is refused with %i %s and changes nothing", async (_, status, code, made) => {
  const { openId } = await linked();
  const sign = (event: Partial<WebhookEvent>, options?: WebhookOptions) =>
    stack.tiktok.webhook({ event: "authorization.removed", openId, ...event }, options);
  const before = await everything();

  const response = await post(made({ ...sign({}), sign }));

  expect([response.statusCode, JSON.parse(response.body ?? "").error.code]).toEqual([status, code]);
  expect(await everything()).toEqual(before);
});

test.each([["find"], ["findAndModify"], ["insert"], ["commitTransaction"]])(
  "while the database fails at %s TikTok is asked to come back, and then the account is revoked once",
  async (command) => {
    const { openId, accountId } = await linked();
    await failing({ failCommands: [command], errorCode: 13 });

    const during = await tell({ openId });
    const between = await statusOf(accountId);
    const after = await tell({ openId });

    expect([during.statusCode, JSON.parse(during.body ?? "").error.code]).toEqual([503, "unavailable"]);
    expect(between).toBe("active");
    expect(after.statusCode).toBe(200);
    expect(await statusOf(accountId)).toBe("revoked");
    expect(await eventsOf(accountId)).toHaveLength(2);
  },
);

interface Signing extends SignedWebhook {
  sign(event: Partial<WebhookEvent>, options?: WebhookOptions): SignedWebhook;
}

async function linked() {
  const { openId } = stack.tiktok.addAccount();
  const { person: ada, accountId } = await linkedAs(await person(stack), openId);
  return { ada, openId, accountId };
}

const tell = ({ event = "authorization.removed", ...about }: Partial<WebhookEvent>, options?: WebhookOptions) =>
  post(stack.tiktok.webhook({ event, openId: "", content: { reason: 1 }, ...about }, options));

const post = ({ headers, body }: Required<Pick<HttpRequest, "headers" | "body">>) =>
  stack.http("tiktok-webhook", httpEvent({ method: "POST", path: "/webhooks/tiktok", headers, body }));

const metrics = () => stack.logs().findLast((line) => line.service === "tiktok-webhook" && "WebhookRefused" in line);

const accountOf = (accountId: string) =>
  stack.db.collection("socialaccounts").findOne({ _id: new ObjectId(accountId) });

const statusOf = async (accountId: string) => (await accountOf(accountId))?.status;

async function eventsOf(accountId: string) {
  const events = stack.db.collection("auditevents").find({ accountId: new ObjectId(accountId) });
  return (await events.sort({ sequence: 1 }).toArray()).map(({ type, sequence, reason }) => [type, sequence, reason]);
}

const everything = async () => ({
  ...(await bothSides(stack.db)),
  events: await stack.db.collection("auditevents").countDocuments(),
});
