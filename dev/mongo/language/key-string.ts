import { Binary, Long, MaxKey, MinKey, ObjectId, Timestamp } from "bson";
import { unsupported } from "./errors.ts";

/** A value as a string of bytes whose order and equality are BSON's, whatever the types: the key of indexes, sorts and comparisons. */
export function keyString(value: unknown): string {
  switch (typeof value) {
    case "undefined":
      return "\x03";
    case "string":
      return `\x05${text(value)}`;
    case "number":
      return `\x04${double(value)}\x80\x00`;
    case "boolean":
      return value ? "\x0a\x01" : "\x0a\x00";
    case "object":
      return value === null ? "\x03" : objectKey(value);
    default:
      throw unsupported(`values of type ${typeof value}`);
  }
}

/** The same key in descending order. */
export function descending(key: string): string {
  const bytes = Buffer.from(key, "latin1");
  for (const [at, byte] of bytes.entries()) bytes[at] = 0xff - byte;
  return bytes.toString("latin1");
}

/** The bracket within which $gt and $lt compare. */
export const typeRank = (key: string): string => key.charAt(0);

export const equal = (a: unknown, b: unknown): boolean => keyString(a) === keyString(b);

function objectKey(value: object): string {
  if (Array.isArray(value)) return `\x07${value.map(keyString).join("")}\x00`;
  if (value instanceof Date) return `\x0b${double(value.getTime())}`;
  if (value instanceof ObjectId) return `\x09${Buffer.from(value.id).toString("latin1")}`;
  if (value instanceof Timestamp) return `\x0c${uint(value.t)}${uint(value.i)}`;
  if (value instanceof Long) return longKey(value);
  if (value instanceof Binary) {
    const bytes = Buffer.from(value.value());
    return `\x08${uint(bytes.length)}${String.fromCharCode(value.sub_type)}${bytes.toString("latin1")}`;
  }
  if (value instanceof RegExp) return `\x0d${text(value.source)}${text(value.flags)}`;
  if (value instanceof MinKey) return "\x01";
  if (value instanceof MaxKey) return "\x7f";
  if ("_bsontype" in value) throw unsupported(`values of type ${String(value._bsontype)}`);
  return `\x06${Object.entries(value).map(fieldKey).join("")}\x00`;
}

function fieldKey([name, value]: [string, unknown]): string {
  const key = keyString(value);
  return typeRank(key) + text(name) + key.slice(1);
}

// Beyond 2^53 a long is its nearest double and the distance to it.
function longKey(value: Long): string {
  const nearest = value.toNumber();
  const distance = Number(value.toBigInt() - BigInt(nearest)) + 0x8000;
  return `\x04${double(nearest)}${String.fromCharCode(distance >> 8, distance & 0xff)}`;
}

const text = (value: string) => `${Buffer.from(value).toString("latin1").replaceAll("\x00", "\x00\xff")}\x00\x00`;

const scratch = Buffer.alloc(8);

function double(value: number): string {
  if (Number.isNaN(value)) return "\x00".repeat(8);
  scratch.writeDoubleBE(value === 0 ? 0 : value);
  const flip = scratch.readUInt8(0) & 0x80 ? 0xff : 0;
  for (const [at, byte] of scratch.entries()) scratch[at] = byte ^ flip;
  if (flip === 0) scratch.writeUInt8(scratch.readUInt8(0) ^ 0x80, 0);
  return scratch.toString("latin1");
}

function uint(value: number): string {
  scratch.writeUInt32BE(value);
  return scratch.toString("latin1", 0, 4);
}
