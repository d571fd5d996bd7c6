import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import type { Clock } from "../../lib/clock.ts";
import { AwsRefusal, type Service } from "./protocol.ts";
import { md5, openQueue, type Queue, type QueueOptions, type ReceivedMessage } from "./queue.ts";

export type { QueueOptions } from "./queue.ts";

export interface FakeQueue extends Queue {
  readonly url: string;
}

const MAX_BYTES = 1_048_576;
const POLL_MS = 25;

const Attributes = z.record(z.string(), z.unknown());
const Seconds = z.int().min(0).max(43_200);
const Body = z
  .string()
  .min(1)
  .refine((body) => Buffer.byteLength(body) <= MAX_BYTES, "Message must be shorter than 1048576 bytes");
const Outgoing = {
  MessageBody: Body,
  DelaySeconds: z.int().min(0).max(900).optional(),
  MessageAttributes: Attributes.optional(),
};
const OnQueue = z.object({ QueueUrl: z.string() });
const Sending = OnQueue.extend(Outgoing);
const BatchSending = OnQueue.extend({
  Entries: z
    .array(z.object({ Id: z.string(), ...Outgoing }))
    .min(1)
    .max(10),
});
const Receiving = OnQueue.extend({
  MaxNumberOfMessages: z.int().min(1).max(10).default(1),
  VisibilityTimeout: Seconds.optional(),
  WaitTimeSeconds: z.int().min(0).max(20).default(0),
});
const Deleting = OnQueue.extend({ ReceiptHandle: z.string() });
const Hiding = Deleting.extend({ VisibilityTimeout: Seconds });
const Naming = z.object({ QueueName: z.string().regex(/^[\w-]{1,80}$/) });
const Creating = Naming.extend({
  Attributes: z
    .strictObject({
      VisibilityTimeout: z.coerce.number().optional(),
      DelaySeconds: z.coerce.number().optional(),
      MessageRetentionPeriod: z.string().optional(),
      RedrivePolicy: z.string().optional(),
    })
    .default({}),
});
const RedrivePolicy = z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() });

export function queues(clock: Clock, endpoint: () => string) {
  const byName = new Map<string, FakeQueue>();

  function queue(name: string, options: QueueOptions = {}): FakeQueue {
    const existing = byName.get(name);
    if (existing) return existing;
    const { redrive } = options;
    const deadLetters = (body: string) => void (redrive && queue(redrive.queue).send(body));
    const created = { ...openQueue(options, clock, deadLetters), url: `${endpoint()}/000000000000/${name}` };
    byName.set(name, created);
    return created;
  }

  function at(url: string): FakeQueue {
    const found = byName.get(url.split("/").at(-1) ?? "");
    if (found) return found;
    throw new AwsRefusal("com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.", {
      queryCode: "AWS.SimpleQueueService.NonExistentQueue",
    });
  }

  const service: Service = {
    CreateQueue(input) {
      const { QueueName, Attributes: attributes } = Creating.parse(input);
      const policy = attributes.RedrivePolicy && RedrivePolicy.parse(JSON.parse(attributes.RedrivePolicy));
      const redrive = policy
        ? { queue: policy.deadLetterTargetArn.split(":").at(-1) ?? "", maxReceiveCount: policy.maxReceiveCount }
        : undefined;
      const options = {
        visibilitySeconds: attributes.VisibilityTimeout,
        delaySeconds: attributes.DelaySeconds,
        redrive,
      };
      return { QueueUrl: queue(QueueName, options).url };
    },
    GetQueueUrl: (input) => ({ QueueUrl: at(Naming.parse(input).QueueName).url }),
    GetQueueAttributes(input) {
      const { QueueUrl } = OnQueue.parse(input);
      const { options, counts, url } = at(QueueUrl);
      const { visible, inFlight, delayed } = counts();
      const policy = options.redrive && {
        deadLetterTargetArn: arn(options.redrive.queue),
        maxReceiveCount: options.redrive.maxReceiveCount,
      };
      return {
        Attributes: {
          QueueArn: arn(url.split("/").at(-1) ?? ""),
          ApproximateNumberOfMessages: `${visible}`,
          ApproximateNumberOfMessagesNotVisible: `${inFlight}`,
          ApproximateNumberOfMessagesDelayed: `${delayed}`,
          VisibilityTimeout: `${options.visibilitySeconds}`,
          ...(policy && { RedrivePolicy: JSON.stringify(policy) }),
        },
      };
    },
    SendMessage(input) {
      const { QueueUrl, MessageBody, DelaySeconds, MessageAttributes } = Sending.parse(input);
      return {
        MessageId: at(QueueUrl).send(MessageBody, MessageAttributes, DelaySeconds),
        MD5OfMessageBody: md5(MessageBody),
      };
    },
    SendMessageBatch(input) {
      const { QueueUrl, Entries } = BatchSending.parse(input);
      const target = at(QueueUrl);
      const sent = Entries.map(({ Id, MessageBody, MessageAttributes, DelaySeconds }) => ({
        Id,
        MessageId: target.send(MessageBody, MessageAttributes, DelaySeconds),
        MD5OfMessageBody: md5(MessageBody),
      }));
      return { Successful: sent, Failed: [] };
    },
    async ReceiveMessage(input, signal) {
      const { QueueUrl, MaxNumberOfMessages, VisibilityTimeout, WaitTimeSeconds } = Receiving.parse(input);
      const source = at(QueueUrl);
      const deadline = performance.now() + WaitTimeSeconds * 1000;
      let received = source.receive(MaxNumberOfMessages, VisibilityTimeout);
      while (received.length === 0 && performance.now() < deadline) {
        await sleep(POLL_MS, undefined, { ref: false });
        // A message handed to someone who hung up would be hidden for nothing.
        if (signal.aborted) return {};
        received = source.receive(MaxNumberOfMessages, VisibilityTimeout);
      }
      return received.length > 0 ? { Messages: received.map(wireMessage) } : {};
    },
    DeleteMessage(input) {
      const { QueueUrl, ReceiptHandle } = Deleting.parse(input);
      at(QueueUrl).remove(ReceiptHandle);
      return {};
    },
    ChangeMessageVisibility(input) {
      const { QueueUrl, ReceiptHandle, VisibilityTimeout } = Hiding.parse(input);
      if (!at(QueueUrl).hide(ReceiptHandle, VisibilityTimeout))
        throw new AwsRefusal("com.amazonaws.sqs#MessageNotInflight", "The specified message is not in flight.", {
          queryCode: "AWS.SimpleQueueService.MessageNotInflight",
        });
      return {};
    },
  };
  return { queue, service };
}

const arn = (name: string): string => `arn:aws:sqs:eu-central-1:000000000000:${name}`;

function wireMessage({ messageId, receiptHandle, body, md5OfBody, receiveCount, sentAt, attributes }: ReceivedMessage) {
  return {
    MessageId: messageId,
    ReceiptHandle: receiptHandle,
    Body: body,
    MD5OfBody: md5OfBody,
    Attributes: { ApproximateReceiveCount: `${receiveCount}`, SentTimestamp: `${sentAt.getTime()}` },
    MessageAttributes: attributes,
  };
}
