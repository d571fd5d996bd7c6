import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  GetQueueAttributesCommand,
  type QueueAttributeName,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import * as z from "zod";
import { lambdaContext } from "../../dev/lambda/payload.ts";
import { failingCommands } from "../support/fail-command.ts";
import { linkedAs } from "../support/linked.ts";
import { packagedTemplate } from "../support/packaged-template.ts";
import { person } from "../support/person.ts";
import { testStack } from "../support/stack.ts";
import { awsCalls } from "./calls.ts";
import { deploy, UNKNOWN_TO_MOTO } from "./deployed.ts";

const endpoint = process.env.MOTO_ENDPOINT ?? "";
const aws = awsCalls(endpoint);
const template = await packagedTemplate("prod");
const deployed = await deploy(template, aws);

const appName = `moto-${randomUUID()}`;
const stack = await testStack({
  ...environmentOf("TokenDashrefresh"),
  ...environmentOf("CreateDashpost"),
  AWS_ENDPOINT_URL: endpoint,
  AWS_LAMBDA_FUNCTION_NAME: appName,
  APP_ORIGIN: "https://app.example.com",
  API_ORIGIN: "https://app.example.com/api",
});
await aws.target("secretsmanager", "secretsmanager.PutSecretValue", {
  SecretId: stack.environment.SECRET_ID,
  SecretString: JSON.stringify(stack.secret),
});
const failing = failingCommands(stack, appName);
const accounts = stack.db.collection("socialaccounts");
const sqs = new SQSClient({
  endpoint,
  region: "eu-central-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
});

test("everything in the template that moto knows is made", () => {
  const wanted = [...template.resources].filter(
    ([, { Type, Condition }]) => !UNKNOWN_TO_MOTO.includes(Type) && !Condition,
  );

  expect(wanted.map(([id]) => id).filter((id) => !deployed.ids.get(id))).toEqual([]);
});

test("what moto does not know is on the page about it", async () => {
  const page = await readFile(new URL("../../docs/moto.md", import.meta.url), "utf8");

  expect([...page.matchAll(/`(AWS::\w+::\w+)`/g)].map(([, type]) => type).sort()).toEqual(UNKNOWN_TO_MOTO.sort());
});

test("the queues redrive, hide and keep messages as the template says", async () => {
  const attributes = await attributesOf("RescueQueue");
  const { maxReceiveCount, deadLetterTargetArn } = JSON.parse(attributes.RedrivePolicy ?? "{}");

  expect(attributes).toMatchObject({ VisibilityTimeout: "180", MessageRetentionPeriod: "1209600" });
  expect(Number(maxReceiveCount)).toBe(1_000);
  expect(deadLetterTargetArn).toBe((await attributesOf("RescueDeadLetters")).QueueArn);
});

test("the schedules stand in their group, each with its function, its role and its dead letters", async () => {
  const Schedules = z.object({ Schedules: z.array(z.object({ Name: z.string(), GroupName: z.string() })) });
  const { Schedules: listed } = Schedules.parse(await aws.rest("scheduler", "GET", "/schedules"));
  const refresh = await aws.rest("scheduler", "GET", "/schedules/TokenRefreshSchedule?groupName=connect-tiktok-prod");

  expect(listed.map(({ Name, GroupName }) => `${GroupName}/${Name}`).sort()).toEqual([
    "connect-tiktok-prod/IntegrityAuditSchedule",
    "connect-tiktok-prod/ResumePostsSchedule",
    "connect-tiktok-prod/TokenRefreshSchedule",
  ]);
  expect(refresh).toMatchObject({
    FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 1 },
    Target: {
      Arn: expect.stringMatching(/:function:connect-tiktok-prod-token-refresh$/),
      RetryPolicy: { MaximumRetryAttempts: 2 },
      DeadLetterConfig: { Arn: (await attributesOf("TokenRefreshDeadLetters")).QueueArn },
    },
  });
});

test("the log groups keep for as long as the stage says, and the alarms are there", async () => {
  const Groups = z.object({ logGroups: z.array(z.object({ retentionInDays: z.number().optional() })) });
  const { logGroups } = Groups.parse(await aws.target("logs", "Logs_20140328.DescribeLogGroups", { limit: 50 }));
  const Alarms = z.object({ MetricAlarms: z.array(z.unknown()) });
  const { MetricAlarms } = Alarms.parse(
    await aws.target("monitoring", "GraniteServiceVersion20100801.DescribeAlarms", { MaxRecords: 100 }),
  );

  expect(logGroups.map(({ retentionInDays }) => retentionInDays)).toEqual(
    template.ofType("AWS::Logs::LogGroup").map(() => 90),
  );
  expect(MetricAlarms.length).toBe(template.ofType("AWS::CloudWatch::Alarm").length);
});

test("an account is linked with the secret as Secrets Manager hands it out", async () => {
  const { openId } = stack.tiktok.addAccount();

  const { accountId } = await linkedAs(await person(stack), openId);

  expect(await accounts.findOne({ platformAccountId: openId })).toMatchObject({ status: "active" });
  expect(accountId).toMatch(/^[0-9a-f]{24}$/);
});

test("a due token is refreshed, and what happened reaches whoever has a rule on the bus", async () => {
  await ruleOnTheBus("PostsDeadLetters");
  const openId = await dueAccount();

  const report = await stack.invoke("token-refresh", {});
  const told = (await received("PostsDeadLetters")).map(({ Body = "{}" }) => JSON.parse(Body));

  expect(report).toMatchObject({ claimed: 1, refreshed: 1 });
  expect(stack.tiktok.rotations(openId)).toBe(1);
  expect(told.filter(({ detail }) => detail.platformAccountId === openId)).toMatchObject([
    { source: "connect-tiktok", "detail-type": "SocialAccountLinked", detail: { sequence: 1 } },
  ]);
});

test("a pair that the database does not take is rescued through the queue", async () => {
  const openId = await dueAccount();
  const before = await accounts.findOneAndUpdate({ platformAccountId: openId }, { $set: { tokenExpiry: new Date() } });
  // the claim is the first write, the new pair the second
  await failing({ failCommands: ["update", "findAndModify"], errorCode: 13 }, { skip: 1 });

  const asked = await stack.invoke(
    "access-token",
    { accountId: String(before?._id) },
    lambdaContext({ remainingMs: 19_500 }),
  );
  await failing({ failCommands: [] }, "off");
  const [message] = await received("RescueQueue");
  const stored = await stack.invoke("token-rescue", {
    Records: [{ messageId: message?.MessageId, body: message?.Body, eventSource: "aws:sqs", attributes: {} }],
  });
  const askedAgain = await stack.invoke("access-token", { accountId: String(before?._id) });

  expect(asked).toMatchObject({ status: "unavailable", code: "not_stored" });
  expect(stored).toEqual({ batchItemFailures: [] });
  expect(askedAgain).toMatchObject({ status: "ok", platformAccountId: openId });
});

async function dueAccount(): Promise<string> {
  const { openId } = stack.tiktok.addAccount();
  await linkedAs(await person(stack), openId);
  await accounts.updateOne({ platformAccountId: openId }, { $set: { nextRefreshAt: new Date(Date.now() - 1_000) } });
  return openId;
}

async function ruleOnTheBus(queue: string): Promise<void> {
  const EventBusName = deployed.ids.get("EventBus");
  const EventPattern = JSON.stringify({ source: ["connect-tiktok"] });
  await aws.target("events", "AWSEvents.PutRule", { Name: "all", EventBusName, EventPattern });
  const Targets = [{ Id: "queue", Arn: (await attributesOf(queue)).QueueArn }];
  await aws.target("events", "AWSEvents.PutTargets", { Rule: "all", EventBusName, Targets });
}

async function attributesOf(queue: string): Promise<Partial<Record<QueueAttributeName, string>>> {
  const request = { QueueUrl: deployed.ids.get(queue), AttributeNames: ["All" as const] };
  return (await sqs.send(new GetQueueAttributesCommand(request))).Attributes ?? {};
}

async function received(queue: string) {
  const request = { QueueUrl: deployed.ids.get(queue), MaxNumberOfMessages: 10 };
  return (await sqs.send(new ReceiveMessageCommand(request))).Messages ?? [];
}

/** The function's environment, as the deploy sets it. */
function environmentOf(id: string): Record<string, string> {
  const Environment = z.object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) });
  const { Variables } = Environment.parse(template.resources.get(`${id}LambdaFunction`)?.Properties).Environment;
  return z.record(z.string(), z.string()).parse(deployed.resolve(Variables));
}
