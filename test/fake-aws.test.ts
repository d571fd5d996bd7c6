import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FakeAws, startFakeAws } from "../dev/aws/fake-aws.ts";

let now: Date;
let aws: FakeAws;

beforeEach(async () => {
  now = new Date("2026-11-23T10:00:00Z");
  aws = await startFakeAws({ clock: () => now });
});

afterEach(() => aws.stop());

test("a secret's current value is the last one put, and the one before stays readable", async () => {
  const secrets = new SecretsManagerClient(client());
  await secrets.send(new CreateSecretCommand({ Name: "app", SecretString: "first" }));
  await secrets.send(new PutSecretValueCommand({ SecretId: "app", SecretString: "second" }));
  aws.putSecret("app", { third: true });

  const current = await secrets.send(new GetSecretValueCommand({ SecretId: "app" }));
  const previous = await secrets.send(new GetSecretValueCommand({ SecretId: "app", VersionStage: "AWSPREVIOUS" }));
  const described = await secrets.send(new DescribeSecretCommand({ SecretId: current.ARN }));

  expect(current).toMatchObject({ SecretString: '{"third":true}', VersionStages: ["AWSCURRENT"], CreatedDate: now });
  expect(previous.SecretString).toBe("second");
  expect(Object.keys(described.VersionIdsToStages ?? {})).toHaveLength(2);
  expect(aws.secretReads).toBe(2);
});

test("errors reach the caller as the SDK's own, also those of actions nobody taught it", async () => {
  const secrets = new SecretsManagerClient(client());
  const sqs = new SQSClient(client());
  const QueueUrl = `${aws.endpoint}/000000000000/nowhere`;

  await expect(secrets.send(new GetSecretValueCommand({ SecretId: "none" }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    $fault: "client",
  });
  await expect(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }))).rejects.toMatchObject({
    name: "QueueDoesNotExist",
  });
  await expect(secrets.send(new ListSecretsCommand())).rejects.toMatchObject({ name: "UnknownOperationException" });
});

test("a scripted failure meets the next call only", async () => {
  const secrets = new SecretsManagerClient(client());
  aws.putSecret("app", "value");
  aws.failNext("secretsmanager", "GetSecretValue", "AccessDeniedException");

  await expect(secrets.send(new GetSecretValueCommand({ SecretId: "app" }))).rejects.toMatchObject({
    name: "AccessDeniedException",
  });
  await expect(secrets.send(new GetSecretValueCommand({ SecretId: "app" }))).resolves.toMatchObject({
    SecretString: "value",
  });
});

test("a received message is hidden until its visibility ends or it is deleted", async () => {
  const sqs = new SQSClient(client());
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: "posts", Attributes: { VisibilityTimeout: "60" } }),
  );
  const Entries = ["a", "b"].map((Id) => ({ Id, MessageBody: `body ${Id}` }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  const receive = async () =>
    (await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))).Messages ?? [];

  const [first, second] = await receive();
  const whileHidden = await receive();
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle }));
  await sqs.send(
    new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: second?.ReceiptHandle, VisibilityTimeout: 0 }),
  );
  const again = await receive();

  expect([first?.Body, second?.Body]).toEqual(["body a", "body b"]);
  expect(whileHidden).toEqual([]);
  expect(again.map(({ Body, Attributes }) => [Body, Attributes?.ApproximateReceiveCount])).toEqual([["body b", "2"]]);
});

test("a message received too often moves to the dead-letter queue", async () => {
  const sqs = new SQSClient(client());
  const dead = aws.queue("posts-dead");
  const { url } = aws.queue("posts", { visibilitySeconds: 30, redrive: { queue: "posts-dead", maxReceiveCount: 2 } });
  await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "poison" }));

  const seen: (string | undefined)[] = [];
  for (let round = 0; round < 3; round += 1) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url }));
    seen.push(Messages[0]?.Body);
    now = new Date(now.getTime() + 31_000);
  }
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: dead.url, AttributeNames: ["ApproximateNumberOfMessages"] }),
  );

  expect(seen).toEqual(["poison", "poison", undefined]);
  expect(Attributes?.ApproximateNumberOfMessages).toBe("1");
  expect(aws.queue("posts").messages()).toEqual([]);
});

test("a long poll ends when a message comes", async () => {
  const sqs = new SQSClient(client());
  const queue = aws.queue("posts");

  const polling = sqs.send(new ReceiveMessageCommand({ QueueUrl: queue.url, WaitTimeSeconds: 20 }));
  queue.send("late");

  expect((await polling).Messages?.map(({ Body }) => Body)).toEqual(["late"]);
});

test("events are recorded in order, and one without JSON fails alone", async () => {
  const events = new EventBridgeClient(client());
  const entry = { Source: "connect", DetailType: "SocialAccountLinked", EventBusName: "app" };

  const result = await events.send(
    new PutEventsCommand({
      Entries: [
        { ...entry, Detail: '{"sequence":1}' },
        { ...entry, Detail: "no" },
      ],
    }),
  );

  expect(result.FailedEntryCount).toBe(1);
  expect(aws.events).toMatchObject([
    { bus: "app", detailType: "SocialAccountLinked", detail: { sequence: 1 }, at: now },
  ]);
});

const client = () => ({
  endpoint: aws.endpoint,
  region: "eu-central-1",
  credentials: { accessKeyId: "none", secretAccessKey: "none" },
  maxAttempts: 1,
});
