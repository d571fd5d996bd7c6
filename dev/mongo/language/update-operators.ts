import { Long } from "bson";
import { CommandError, unsupported } from "./errors.ts";
import { equal, keyString } from "./key-string.ts";
import { matcher } from "./matching.ts";
import { isDoc, isOperators } from "./paths.ts";
import { sorted } from "./sorting.ts";

/** What becomes of the value at a path; undefined removes it, the value itself leaves it alone. */
type UpdateOperator = (current: unknown, argument: unknown, path: string) => unknown;

const replaced: UpdateOperator = (current, next) => (current !== undefined && equal(current, next) ? current : next);

export const updateOperators: Record<string, UpdateOperator> = {
  $set: replaced,
  $setOnInsert: replaced,
  $unset: () => undefined,
  $inc: (current, by, path) => numeric(current === undefined ? 0 : current, path) + numeric(by, path),
  $mul: (current, by, path) => numeric(current === undefined ? 0 : current, path) * numeric(by, path),
  $min: (current, bound) => (current !== undefined && keyString(current) <= keyString(bound) ? current : bound),
  $max: (current, bound) => (current !== undefined && keyString(current) >= keyString(bound) ? current : bound),
  $currentDate: (_, type) => {
    if (type === true || (isDoc(type) && type.$type === "date")) return new Date();
    throw unsupported("timestamps in $currentDate");
  },
  $push: (current, argument, path) => pushed(list(current, path), argument),
  $addToSet: (current, argument, path) => {
    const before = list(current, path);
    const present = new Set(before.map(keyString));
    const isNew = (value: unknown) => !present.has(keyString(value)) && present.add(keyString(value));
    const added = (isDoc(argument) && "$each" in argument ? list(argument.$each, "$each") : [argument]).filter(isNew);
    return added.length > 0 || current === undefined ? [...before, ...added] : current;
  },
  $pull: (current, condition, path) => without(current, path, pullMatcher(condition)),
  $pullAll: (current, values, path) => {
    const keys = new Set(list(values, "$pullAll").map(keyString));
    return without(current, path, (element) => keys.has(keyString(element)));
  },
  $pop: (current, end, path) => {
    if (end !== 1 && end !== -1) throw new CommandError(9, "$pop expects 1 or -1");
    return current === undefined ? current : list(current, path).slice(end === 1 ? 0 : 1, end === 1 ? -1 : undefined);
  },
};

function numeric(value: unknown, path: string): number {
  if (typeof value === "number") return value;
  if (value instanceof Long) throw unsupported("arithmetic beyond 2^53");
  throw new CommandError(14, `Cannot apply $inc or $mul with or to a value of non-numeric type at '${path}'`);
}

function list(value: unknown, path: string): unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw new CommandError(2, `The field '${path}' must be an array`);
}

function without(current: unknown, path: string, goes: (element: unknown) => boolean): unknown {
  const before = list(current, path);
  const kept = before.filter((element) => !goes(element));
  return kept.length < before.length ? kept : current;
}

function pullMatcher(condition: unknown): (element: unknown) => boolean {
  const isOnFields = isDoc(condition) && !isOperators(condition);
  const matches = matcher(isOnFields ? condition : { element: condition });
  return (element) => (isOnFields ? isDoc(element) && matches(element) : matches({ element }));
}

function pushed(before: unknown[], argument: unknown): unknown[] {
  if (!isDoc(argument) || !("$each" in argument)) return [...before, argument];
  const { $each, $position = before.length, $sort, $slice, ...unknown } = argument;
  if (Object.keys(unknown).length > 0)
    throw new CommandError(2, `Unrecognized clause in $push: ${Object.keys(unknown)}`);
  const after = before.toSpliced(Number($position), 0, ...list($each, "$each"));
  const inOrder = $sort === undefined ? after : sortedElements(after, $sort);
  if ($slice === undefined) return inOrder;
  return Number($slice) < 0 ? inOrder.slice(Number($slice)) : inOrder.slice(0, Number($slice));
}

function sortedElements(elements: unknown[], sort: unknown): unknown[] {
  const spec = isDoc(sort)
    ? Object.fromEntries(Object.entries(sort).map(([path, way]) => [`element.${path}`, way]))
    : { element: sort };
  return sorted(
    elements.map((element) => ({ element })),
    spec,
  ).map(({ element }) => element);
}
