import { Long, Timestamp } from "bson";
import { CommandError, unsupported } from "./errors.ts";
import { equal, keyString } from "./key-string.ts";
import { matcher } from "./matching.ts";
import { isDoc } from "./paths.ts";
import { sorted } from "./sorting.ts";

/** What becomes of the value at a path; undefined removes it, the value itself leaves it alone. */
type UpdateOperator = (current: unknown, argument: unknown, path: string) => unknown;

const replaced: UpdateOperator = (current, argument) =>
  current !== undefined && equal(current, argument) ? current : argument;

export const updateOperators: Record<string, UpdateOperator> = {
  $set: replaced,
  $setOnInsert: replaced,
  $unset: () => undefined,
  $inc: (current, argument, path) => numeric("$inc", current ?? 0, path, current) + numeric("$inc", argument, path),
  $mul: (current, argument, path) => numeric("$mul", current ?? 0, path, current) * numeric("$mul", argument, path),
  $min: (current, bound) => (current !== undefined && keyString(current) <= keyString(bound) ? current : bound),
  $max: (current, bound) => (current !== undefined && keyString(current) >= keyString(bound) ? current : bound),
  $currentDate: (_, type) => {
    const kind = isDoc(type) ? type.$type : type;
    if (kind === true || kind === "date") return new Date();
    if (kind === "timestamp") return new Timestamp({ t: Math.floor(Date.now() / 1000), i: 1 });
    throw new CommandError(2, "The '$type' string field is required to be 'date' or 'timestamp'");
  },
  $push: (current, argument, path) => pushed(elements("$push", current, path), argument),
  $addToSet: (current, argument, path) => {
    const before = elements("$addToSet", current, path);
    const present = new Set(before.map(keyString));
    const isNew = (value: unknown) => !present.has(keyString(value)) && present.add(keyString(value));
    const added = (isDoc(argument) && "$each" in argument ? each(argument) : [argument]).filter(isNew);
    return added.length > 0 || current === undefined ? [...before, ...added] : current;
  },
  $pull: (current, condition, path) => {
    const matches = pullMatcher(condition);
    return without("$pull", current, path, matches);
  },
  $pullAll: (current, argument, path) => {
    if (!Array.isArray(argument)) throw new CommandError(2, "$pullAll requires an array argument");
    return without("$pullAll", current, path, (element) => argument.some((value) => equal(value, element)));
  },
  $pop: (current, end, path) => {
    if (end !== 1 && end !== -1) throw new CommandError(9, "$pop expects 1 or -1");
    if (current !== undefined && !Array.isArray(current))
      throw new CommandError(14, `Path '${path}' contains an element of non-array type`);
    return current && current.length > 0 ? current.slice(end === 1 ? 0 : 1, end === 1 ? -1 : undefined) : current;
  },
};

function numeric(operator: string, value: unknown, path: string, current: unknown = value): number {
  if (value instanceof Long) throw unsupported(`${operator} beyond 2^53`);
  if (typeof value === "number" && current !== null) return value;
  throw new CommandError(14, `Cannot apply ${operator} with or to a value of non-numeric type at '${path}'`);
}

function elements(operator: string, value: unknown, path: string): unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw new CommandError(2, `Cannot apply ${operator} to a non-array value: the field '${path}' must be an array`);
}

function without(operator: string, current: unknown, path: string, goes: (element: unknown) => boolean): unknown {
  const kept = elements(operator, current, path).filter((element) => !goes(element));
  return Array.isArray(current) && kept.length < current.length ? kept : current;
}

function pullMatcher(condition: unknown): (element: unknown) => boolean {
  if (isDoc(condition) && !Object.keys(condition).some((key) => key.startsWith("$"))) {
    const matches = matcher(condition);
    return (element) => isDoc(element) && matches(element);
  }
  const matches = matcher({ element: condition });
  return (element) => matches({ element });
}

function each(argument: Record<string, unknown>): unknown[] {
  if (Array.isArray(argument.$each)) return argument.$each;
  throw new CommandError(2, "The argument to $each must be an array");
}

function pushed(before: unknown[], argument: unknown): unknown[] {
  if (!isDoc(argument) || !("$each" in argument)) return [...before, argument];
  const unknown = Object.keys(argument).find((key) => !/^\$(each|position|sort|slice)$/.test(key));
  if (unknown) throw new CommandError(2, `Unrecognized clause in $push: ${unknown}`);
  const { $position = before.length, $sort, $slice } = argument;
  const after = before.toSpliced(Number($position), 0, ...each(argument));
  const wrapped = isDoc($sort) ? after.filter(isDoc) : after.map((element) => ({ element }));
  const inOrder =
    $sort === undefined
      ? after
      : isDoc($sort)
        ? sorted(wrapped, $sort)
        : sorted(wrapped, { element: $sort }).map((one) => one.element);
  if ($slice === undefined) return inOrder;
  return Number($slice) < 0 ? inOrder.slice(Number($slice)) : inOrder.slice(0, Number($slice));
}
