import { randomUUID } from "node:crypto";
import type { SQSEvent } from "aws-lambda";
import * as z from "zod";
import type { FakeAws } from "../aws/fake-aws.ts";
import type { ReceivedMessage } from "../aws/queue.ts";
import type { Invocation } from "../lambda/runtime-api.ts";
import type { Lambdas } from "./lambdas.ts";
import type { Plan } from "./template.ts";

export type JobDone = (functionName: string, cause: string, result: Invocation, milliseconds: number) => void;

export interface JobOptions {
  /** Replaces the rate of what runs several times an hour. */
  readonly everyMs?: number | undefined;
  readonly done: JobDone;
}

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const POLL_MS = 500;
const HOUR_MS = 3_600_000;
const BatchResponse = z.object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })) });

/** Starts what runs without a request: schedules tick, queues are drained. A run never overlaps itself. */
export function startJobs(plan: Plan, lambdas: Lambdas, aws: FakeAws, { everyMs, done }: JobOptions) {
  async function run(functionName: string, cause: string, event: unknown): Promise<Invocation> {
    const startedAt = performance.now();
    const result = await lambdas.invoke(functionName, event);
    done(functionName, cause, result, performance.now() - startedAt);
    return result;
  }

  const ticking = plan.schedules.flatMap(({ expression, functionName }) => {
    const own = intervalOf(expression);
    if (own === undefined) return [];
    const interval = own < HOUR_MS ? (everyMs ?? own) : own;
    return [every(interval, () => run(functionName, "schedule", scheduledEvent()))];
  });
  const polling = plan.consumers.map(({ queue: name, functionName, batchSize }) =>
    every(POLL_MS, async () => {
      const queue = aws.queue(name);
      const messages = queue.receive(Math.min(batchSize, 10));
      if (messages.length === 0) return;
      const result = await run(functionName, `${messages.length} from its queue`, queueEvent(name, messages));
      const failed = failedIds(result, messages);
      for (const { messageId, receiptHandle } of messages) if (!failed.has(messageId)) queue.remove(receiptHandle);
    }),
  );
  return {
    stop() {
      for (const timer of [...ticking, ...polling]) clearInterval(timer);
    },
  };
}

/** Milliseconds of a rate; undefined for what runs at a time of day. */
export function intervalOf(expression: string): number | undefined {
  const [, count, unit = ""] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const milliseconds = UNITS[unit];
  return count === undefined || milliseconds === undefined ? undefined : Number(count) * milliseconds;
}

function every(milliseconds: number, work: () => Promise<unknown>): NodeJS.Timeout {
  let isBusy = false;
  return setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    work()
      .catch(() => undefined) // the stack is stopping
      .finally(() => {
        isBusy = false;
      });
  }, milliseconds);
}

function failedIds(result: Invocation, messages: readonly ReceivedMessage[]): Set<string> {
  if (result.type !== "ok") return new Set(messages.map(({ messageId }) => messageId));
  const response = BatchResponse.safeParse(result.value);
  return new Set(response.data?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
}

const scheduledEvent = () => ({
  version: "0",
  id: randomUUID(),
  source: "aws.scheduler",
  "detail-type": "Scheduled Event",
  time: new Date().toISOString(),
  detail: {},
});

const queueEvent = (name: string, messages: readonly ReceivedMessage[]): SQSEvent => ({
  Records: messages.map(({ messageId, receiptHandle, body, md5OfBody, receiveCount, sentAt }) => ({
    messageId,
    receiptHandle,
    body,
    md5OfBody,
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: String(sentAt.getTime()),
      SenderId: "local",
      ApproximateFirstReceiveTimestamp: String(sentAt.getTime()),
    },
    messageAttributes: {},
    eventSource: "aws:sqs",
    eventSourceARN: `arn:aws:sqs:eu-central-1:000000000000:${name}`,
    awsRegion: "eu-central-1",
  })),
});
