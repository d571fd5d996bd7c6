import { createHash, randomUUID } from "node:crypto";
import { after, type Clock } from "../../lib/clock.ts";

export interface QueueOptions {
  visibilitySeconds?: number;
  delaySeconds?: number;
  /** Where a message goes that was received this often without being deleted. */
  redrive?: { queue: string; maxReceiveCount: number };
}

export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly receiveCount: number;
  readonly sentAt: Date;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface Message {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly sentAt: Date;
  visibleAt: Date;
  receiveCount: number;
  receiptHandle: string | undefined;
}

export interface Queue {
  readonly options: Required<Omit<QueueOptions, "redrive">> & Pick<QueueOptions, "redrive">;
  send(body: string, attributes?: Readonly<Record<string, unknown>>, delaySeconds?: number): string;
  receive(most?: number, visibilitySeconds?: number): ReceivedMessage[];
  /** Deleting a message that is gone is no error, as at SQS. */
  remove(receiptHandle: string): void;
  /** False when no message in flight has this handle. */
  hide(receiptHandle: string, seconds: number): boolean;
  messages(): { body: string; receiveCount: number }[];
  counts(): { visible: number; inFlight: number; delayed: number };
}

export const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

/** One queue: messages stay until they are deleted or have been received once too often. */
export function openQueue(options: QueueOptions, clock: Clock, deadLetters: (body: string) => void): Queue {
  const { visibilitySeconds = 30, delaySeconds = 0, redrive } = options;
  let held: Message[] = [];
  const visible = () => held.filter(({ visibleAt }) => visibleAt <= clock());

  return {
    options: { visibilitySeconds, delaySeconds, redrive },
    send(body, attributes = {}, delay = delaySeconds) {
      const id = randomUUID();
      const sentAt = clock();
      const visibleAt = after(sentAt, delay * 1000);
      held.push({ id, body, attributes, sentAt, visibleAt, receiveCount: 0, receiptHandle: undefined });
      return id;
    },
    receive(most = 10, hiddenFor = visibilitySeconds) {
      const spent = visible().filter(({ receiveCount }) => redrive && receiveCount >= redrive.maxReceiveCount);
      held = held.filter((message) => !spent.includes(message));
      for (const { body } of spent) deadLetters(body);
      return visible()
        .slice(0, most)
        .map((message) => {
          message.receiveCount += 1;
          message.visibleAt = after(clock(), hiddenFor * 1000);
          const receiptHandle = randomUUID();
          message.receiptHandle = receiptHandle;
          const { id, body, receiveCount, sentAt, attributes } = message;
          return { messageId: id, receiptHandle, body, md5OfBody: md5(body), receiveCount, sentAt, attributes };
        });
    },
    remove(receiptHandle) {
      held = held.filter((message) => message.receiptHandle !== receiptHandle);
    },
    hide(receiptHandle, seconds) {
      const message = held.find((candidate) => candidate.receiptHandle === receiptHandle);
      if (!message || message.visibleAt <= clock()) return false;
      message.visibleAt = after(clock(), seconds * 1000);
      return true;
    },
    messages: () => held.map(({ body, receiveCount }) => ({ body, receiveCount })),
    counts() {
      const waiting = held.filter(({ visibleAt }) => visibleAt > clock());
      const inFlight = waiting.filter(({ receiptHandle }) => receiptHandle !== undefined).length;
      return { visible: held.length - waiting.length, inFlight, delayed: waiting.length - inFlight };
    },
  };
}
