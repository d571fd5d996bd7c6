import { randomUUID } from "node:crypto";
import { type Document, ObjectId } from "mongodb";
import { afterEach, expect, test } from "vitest";
import * as z from "zod";
import { httpEvent, lambdaContext } from "../dev/lambda/payload.ts";
import { pointsTo } from "../dev/stack/intrinsics.ts";
import { type Alarm, alarmsOf, goesOff, watchedBy } from "./support/alarms.ts";
import { failingCommands } from "./support/fail-command.ts";
import { linkedAs } from "./support/linked.ts";
import { packagedTemplate } from "./support/packaged-template.ts";
import { person } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const HOUR = 3_600_000;
const template = await packagedTemplate("prod");
const alarms = alarmsOf(template);
const isOurs = (alarm: Alarm) => watchedBy(alarm).every(({ Namespace }) => Namespace === "ConnectTikTok/prod");
const ours = [...alarms].filter(([, alarm]) => isOurs(alarm));

const appName = `alarms-${randomUUID()}`;
const stack = await testStack({ METRICS_NAMESPACE: deployedNamespace(), AWS_LAMBDA_FUNCTION_NAME: appName });
const failing = failingCommands(stack, appName);
const accounts = stack.db.collection("socialaccounts");

/** What goes wrong for each alarm on a metric of our own. */
const failures: Record<string, () => Promise<unknown>> = {
  async PairLostAlarm() {
    await dueAccount();
    // the claim is the first write, the new pair the second
    await failing({ failCommands: ["update", "findAndModify"], errorCode: 13 }, { skip: 1 });
    return refresh(19_500); // there is time to begin, and little to try again
  },
  async ClientRefusedAlarm() {
    await dueAccount();
    stack.tiktok.fault("token:refresh_token", { status: 401, body: { error: "invalid_client" } }, { times: 3 });
    return refresh();
  },
  async TokenUnreadableAlarm() {
    await dueClones(1);
    return refresh();
  },
  RefreshMissingAlarm: () => withoutDatabase(refresh),
  async RefreshBehindAlarm() {
    await dueAccount(new Date(Date.now() - HOUR));
    return refresh();
  },
  async RefreshFailingAlarm() {
    await dueClones(20);
    return refresh();
  },
  async NeedsReauthAlarm() {
    await dueClones(20, { refreshTokenExpiry: new Date(Date.now() - HOUR) });
    return refresh();
  },
  async LinksBrokenAlarm() {
    await stack.db.collection("users").insertOne({ socialAccounts: [new ObjectId()] });
    return audit();
  },
  async AccountsOverdueAlarm() {
    await dueAccount(new Date(Date.now() - 2 * HOUR));
    return audit();
  },
  async AuditTokenUnreadableAlarm() {
    await dueClones(1);
    return audit();
  },
  async AuditUnfinishedAlarm() {
    await dueAccount();
    return audit(1_000);
  },
  AuditMissingAlarm: () => withoutDatabase(audit),
  async ConnectionsFailingAlarm() {
    stack.tiktok.fault("token:authorization_code", { status: 503, body: "" }, { times: 5 });
    for (let turn = 0; turn < 5; turn += 1) await connect();
  },
  async StateInvalidAlarm() {
    const ada = await person(stack);
    for (let turn = 0; turn < 20; turn += 1) await ada.open("oauth-callback", "/tiktok/callback", "code=c&state=s");
  },
  async WebhookRefusedAlarm() {
    const event = httpEvent({ method: "POST", path: "/webhooks/tiktok", body: "{}" });
    for (let turn = 0; turn < 10; turn += 1) await stack.http("tiktok-webhook", event);
  },
};

afterEach(async () => {
  for (const name of ["users", "socialaccounts", "revocations"]) await stack.db.collection(name).deleteMany({});
});

test("every alarm on our own metrics has a failure here that sets it off", () => {
  expect(ours.map(([id]) => id).sort()).toEqual(Object.keys(failures).sort());
});

test.each(ours)("%s goes off when what it watches for happens", async (id, alarm) => {
  const before = stack.logs().length;

  await failures[id]?.();

  expect(goesOff(alarm, stack.logs().slice(before))).toBe(true);
});

test("on a good day no alarm goes off", async () => {
  const before = stack.logs().length;
  await dueAccount();

  await refresh();
  await audit();

  const printed = stack.logs().slice(before);
  expect(ours.filter(([, alarm]) => goesOff(alarm, printed)).map(([id]) => id)).toEqual([]);
});

test("an alarm on AWS's own metrics watches a resource of this stack", () => {
  const watched: Record<string, [dimension: string, type: string, metrics: string[]]> = {
    "AWS/Lambda": ["FunctionName", "AWS::Lambda::Function", ["Errors", "Throttles", "Duration"]],
    "AWS/SQS": [
      "QueueName",
      "AWS::SQS::Queue",
      ["ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible"],
    ],
    "AWS/ApiGateway": ["ApiId", "AWS::ApiGatewayV2::Api", ["5xx", "Count"]],
    "AWS/Scheduler": ["ScheduleGroup", "AWS::Scheduler::ScheduleGroup", ["InvocationDroppedCount"]],
  };
  const theirs = [...alarms.values()].filter((alarm) => !isOurs(alarm)).flatMap(watchedBy);

  for (const { Namespace, MetricName, Dimensions } of theirs) {
    const [dimension, type, metrics] = watched[Namespace] ?? [];
    expect(metrics, Namespace).toContain(MetricName);
    expect(Dimensions.map(({ Name }) => Name)).toEqual([dimension]);
    expect(template.resources.get(pointsTo(Dimensions[0]?.Value) ?? "")?.Type).toBe(type);
  }
});

test("every function and every queue of dead letters has an alarm, and every alarm is told", () => {
  const watched = [...alarms.values()]
    .flatMap(watchedBy)
    .map(({ MetricName, Dimensions }) => [MetricName, pointsTo(Dimensions[0]?.Value)].join());
  const functions = template.ofType("AWS::Lambda::Function").flatMap(([id]) => [`Errors,${id}`, `Throttles,${id}`]);
  const deadLetters = [...template.resources.keys()].filter((id) => id.endsWith("DeadLetters"));

  expect(watched).toEqual(
    expect.arrayContaining([...functions, ...deadLetters.map((id) => `ApproximateNumberOfMessagesVisible,${id}`)]),
  );
  for (const { AlarmActions } of alarms.values()) expect(AlarmActions).toEqual([{ Ref: "AlarmTopic" }]);
});

test("the dashboard shows metrics and alarms that there are", async () => {
  const Body = z.object({ DashboardBody: z.object({ "Fn::Sub": z.string() }) });
  const text = Body.parse(template.resources.get("Dashboard")?.Properties).DashboardBody["Fn::Sub"];
  const before = stack.logs().length;
  await dueAccount();
  await refresh();
  await audit();
  await stack.invoke("token-rescue", { Records: [] });
  const emitted = JSON.stringify(stack.logs().slice(before));

  const shown = [...text.matchAll(/\["ConnectTikTok\/prod", "(\w+)", "service", "(?!tiktok-webhook)/g)];
  const named = [...text.matchAll(/\$\{(\w+)\.?\w*\}/g)].map(([, id = ""]) => id);

  expect(JSON.parse(text)).toMatchObject({ widgets: expect.any(Array) });
  expect(shown.map(([, name]) => name).filter((name) => !emitted.includes(`"Name":"${name}"`))).toEqual([]);
  expect(named.filter((id) => !template.resources.has(id) && id !== "AWS")).toEqual([]);
});

const refresh = (remainingMs = 28_000) => stack.invoke("token-refresh", {}, lambdaContext({ remainingMs }));
const audit = (remainingMs = 60_000) => stack.invoke("integrity-audit", {}, lambdaContext({ remainingMs }));
const connect = async () => (await person(stack)).connect({ account: stack.tiktok.addAccount().openId });

async function dueAccount(nextRefreshAt = new Date(Date.now() - 1_000)): Promise<Document> {
  const { openId } = stack.tiktok.addAccount();
  const { accountId } = await linkedAs(await person(stack), openId);
  const change = { $set: { nextRefreshAt } };
  const account = await accounts.findOneAndUpdate({ _id: new ObjectId(accountId) }, change, {
    returnDocument: "after",
  });
  return account ?? {};
}

/** Due accounts with another's tokens, which do not open for them. */
async function dueClones(count: number, change: Document = {}): Promise<void> {
  const account = await dueAccount();
  const clones = Array.from({ length: count }, () => ({
    ...account,
    ...change,
    _id: new ObjectId(),
    platformAccountId: randomUUID(),
  }));
  await accounts.insertMany(clones);
}

/** The run ends in an error. */
async function withoutDatabase(run: () => Promise<unknown>): Promise<void> {
  await failing({ failCommands: ["find", "aggregate"], errorCode: 13 }, "alwaysOn");
  await expect(run()).rejects.toThrow();
}

/** What a deploy of the packaged stage puts into every function's environment. */
function deployedNamespace(): string {
  const Environment = z.object({ Environment: z.object({ Variables: z.object({ METRICS_NAMESPACE: z.string() }) }) });
  const namespaces = template
    .ofType("AWS::Lambda::Function")
    .map(([, { Properties }]) => Environment.parse(Properties).Environment.Variables.METRICS_NAMESPACE);
  const [namespace = "", ...others] = new Set(namespaces);
  expect(others).toEqual([]);
  return namespace;
}
