import { deserialize, serialize } from "bson";
import { type Doc, isDoc } from "./paths.ts";

export interface Message {
  readonly requestId: number;
  readonly body: Doc;
  /** Answered in the old form: the driver's first hello. */
  readonly legacy: boolean;
  readonly wantsReply: boolean;
}

const opReply = 1;
const opQuery = 2004;
const opMsg = 2013;

/** Takes the whole messages off the front of what has arrived. */
export function takeMessages(received: Buffer): { messages: Message[]; rest: Buffer } {
  const messages: Message[] = [];
  let rest = received;
  while (rest.length >= 16 && rest.length >= rest.readInt32LE(0)) {
    const length = rest.readInt32LE(0);
    messages.push(parsed(rest.subarray(0, length)));
    rest = rest.subarray(length);
  }
  return { messages, rest };
}

function parsed(message: Buffer): Message {
  const requestId = message.readInt32LE(4);
  const code = message.readInt32LE(12);
  if (code === opQuery) {
    const start = message.indexOf(0, 20) + 9;
    return { requestId, body: documentAt(message, start).doc, legacy: true, wantsReply: true };
  }
  if (code !== opMsg) throw new Error(`The embedded engine knows no wire message ${code}`);
  const flags = message.readUInt32LE(16);
  const end = message.length - (flags & 1 ? 4 : 0);
  return { requestId, body: sections(message, end), legacy: false, wantsReply: (flags & 2) === 0 };
}

function sections(message: Buffer, end: number): Doc {
  const body: Doc = {};
  for (let at = 20; at < end; ) {
    const kind = message.readUInt8(at);
    if (kind === 0) {
      const { doc, next } = documentAt(message, at + 1);
      Object.assign(body, doc, body);
      at = next;
    } else {
      const last = at + 1 + message.readInt32LE(at + 1);
      const nameEnd = message.indexOf(0, at + 5);
      const docs: Doc[] = [];
      let next = nameEnd + 1;
      while (next < last) {
        const read = documentAt(message, next);
        docs.push(read.doc);
        next = read.next;
      }
      body[message.toString("utf8", at + 5, nameEnd)] = docs;
      at = last;
    }
  }
  return body;
}

function documentAt(message: Buffer, at: number): { doc: Doc; next: number } {
  const next = at + message.readInt32LE(at);
  return { doc: deserialize(message.subarray(at, next)), next };
}

export function encodedReply(reply: Doc, to: Message): Buffer {
  const document = serialize(reply, { ignoreUndefined: true });
  const prefix = Buffer.alloc(to.legacy ? 36 : 21);
  prefix.writeInt32LE(prefix.length + document.length, 0);
  prefix.writeInt32LE(to.requestId, 8);
  prefix.writeInt32LE(to.legacy ? opReply : opMsg, 12);
  if (to.legacy) prefix.writeInt32LE(1, 32);
  return Buffer.concat([prefix, document]);
}

export const docOr = (value: unknown, otherwise: Doc = {}): Doc => (isDoc(value) ? value : otherwise);
