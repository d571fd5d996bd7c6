import { deserialize, serialize } from "bson";
import type { Doc } from "../language/paths.ts";

export interface Message {
  readonly requestId: number;
  readonly body: Doc;
  /** Answered in the old form: the driver's first hello. */
  readonly isLegacy: boolean;
  readonly wantsReply: boolean;
}

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;

/** Takes the whole messages off the front of what has arrived. */
export function takeMessages(received: Buffer): { messages: Message[]; rest: Buffer } {
  const messages: Message[] = [];
  let rest = received;
  while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
    const length = rest.readInt32LE(0);
    messages.push(parsed(rest.subarray(0, length)));
    rest = rest.subarray(length);
  }
  return { messages, rest };
}

function parsed(message: Buffer): Message {
  const [requestId, code, flags] = [message.readInt32LE(4), message.readInt32LE(12), message.readInt32LE(16)];
  if (code === OP_QUERY) {
    const [body = {}] = documents(message.subarray(message.indexOf(0, 20) + 9));
    return { requestId, body, isLegacy: true, wantsReply: true };
  }
  if (code !== OP_MSG) throw new Error(`The embedded engine knows no wire message ${code}`);
  const body = sections(message.subarray(20, message.length - (flags & 1 ? 4 : 0)));
  return { requestId, body, isLegacy: false, wantsReply: (flags & 2) === 0 };
}

/** The command, with each document sequence as an array in it. */
function sections(rest: Buffer): Doc {
  if (rest.length === 0) return {};
  const end = 1 + rest.readInt32LE(1);
  const later = sections(rest.subarray(end));
  if (rest.readUInt8(0) === 0) return { ...documents(rest.subarray(1, end))[0], ...later };
  const nameEnd = rest.indexOf(0, 5);
  return { ...later, [rest.toString("utf8", 5, nameEnd)]: documents(rest.subarray(nameEnd + 1, end)) };
}

function documents(bytes: Buffer): Doc[] {
  const docs: Doc[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readInt32LE(at))
    docs.push(deserialize(bytes.subarray(at, at + bytes.readInt32LE(at))));
  return docs;
}

export function encodedReply(reply: Doc, { requestId, isLegacy }: Message): Buffer {
  const document = serialize(reply, { ignoreUndefined: true });
  const head = Buffer.alloc(isLegacy ? 36 : 21);
  head.writeInt32LE(head.length + document.length, 0);
  head.writeInt32LE(requestId, 8);
  head.writeInt32LE(isLegacy ? OP_REPLY : OP_MSG, 12);
  if (isLegacy) head.writeInt32LE(1, 32);
  return Buffer.concat([head, document]);
}
