import { impatient } from "./aws-client.ts";
import { once } from "./once.ts";

/** A queue as this product needs one. The client is loaded when first used. */
export interface Queue {
  send(body: string, delaySeconds?: number): Promise<void>;
  /** Whether messages wait or are being worked on; SQS knows this to within about a minute. */
  isOccupied(): Promise<boolean>;
}

const queues = new Map<string, Queue>();

/** The same queue however often it is asked for: its client keeps a connection open. */
export function sqsQueue(queueUrl: string): Queue {
  const queue = queues.get(queueUrl) ?? queueAt(queueUrl);
  queues.set(queueUrl, queue);
  return queue;
}

function queueAt(queueUrl: string): Queue {
  const loading = once(async () => {
    const sqs = await import("@aws-sdk/client-sqs");
    const client = new sqs.SQSClient(impatient());
    return { ...sqs, client };
  });
  return {
    async send(body, delaySeconds) {
      const { client, SendMessageCommand } = await loading();
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, DelaySeconds: delaySeconds }));
    },
    async isOccupied() {
      const { client, GetQueueAttributesCommand } = await loading();
      const { Attributes = {} } = await client.send(
        new GetQueueAttributesCommand({
          QueueUrl: queueUrl,
          AttributeNames: [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesDelayed",
          ],
        }),
      );
      return Object.values(Attributes).some((count) => Number(count) > 0);
    },
  };
}
