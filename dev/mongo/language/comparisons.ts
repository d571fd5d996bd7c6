import { evalExpr } from "mingo/core";
import { Query } from "mingo/query";
import type { AnyObject, Options } from "mingo/types";
import { CommandError, unsupported } from "./errors.ts";
import { keyString, typeRank } from "./key-string.ts";
import { isDoc, leavesAt, valuesAt } from "./paths.ts";

type Predicate = (doc: AnyObject) => boolean;
type QueryOperator = (path: string, argument: unknown, options: Options) => Predicate;

const someLeaf = (path: string, holds: (leaf: unknown) => boolean): Predicate => {
  return (doc) => leavesAt(doc, path).some(holds);
};

const bounded =
  (holds: (key: string, bound: string) => boolean): QueryOperator =>
  (path, argument) => {
    const bound = keyString(argument);
    const inBracket = (key: string) => typeRank(key) === typeRank(bound) && holds(key, bound);
    return someLeaf(path, (leaf) => inBracket(keyString(leaf)));
  };

const equals = bounded((key, bound) => key === bound);

const list = (argument: unknown): unknown[] => {
  if (Array.isArray(argument)) return argument;
  throw new CommandError(2, "$in, $nin and $all need an array");
};

const oneOf: QueryOperator = (path, argument) => {
  const choices = list(argument);
  const keys = new Set(choices.map(keyString));
  const patterns = choices.filter((choice) => choice instanceof RegExp);
  const fits = (leaf: unknown) => typeof leaf === "string" && patterns.some((pattern) => pattern.test(leaf));
  return someLeaf(path, (leaf) => keys.has(keyString(leaf)) || fits(leaf));
};

const elemMatch: QueryOperator = (path, argument, options) => {
  if (!isDoc(argument)) throw new CommandError(2, "$elemMatch needs an Object");
  const isOnValues = Object.keys(argument).every((key) => /^\$(?!(and|or|nor)$)/.test(key));
  const query = new Query(isOnValues ? { value: argument } : argument, options);
  const fits = (element: unknown) =>
    isOnValues ? query.test({ value: element }) : isDoc(element) && query.test(element);
  return (doc) => valuesAt(doc, path).some((value) => Array.isArray(value) && value.some(fits));
};

const not =
  (operator: QueryOperator): QueryOperator =>
  (path, argument, options) => {
    const holds = operator(path, argument, options);
    return (doc) => !holds(doc);
  };

/** mingo's query operators that compare, in BSON's order and with MongoDB's way through arrays and missing fields. */
export const queryOperators: Record<`$${string}`, QueryOperator> = {
  $eq: equals,
  $ne: not(equals),
  $gt: bounded((key, bound) => key > bound),
  $gte: bounded((key, bound) => key >= bound),
  $lt: bounded((key, bound) => key < bound),
  $lte: bounded((key, bound) => key <= bound),
  $in: oneOf,
  $nin: not(oneOf),
  $elemMatch: elemMatch,
  $exists: (path, wanted) => (doc) => valuesAt(doc, path).some((value) => value !== undefined) === Boolean(wanted),
  $size: (path, size) => (doc) => valuesAt(doc, path).some((value) => Array.isArray(value) && value.length === size),
  $regex: (path, pattern, options) => oneOf(path, [pattern], options),
  $all: (path, argument, options) => {
    const part = (one: unknown) =>
      isDoc(one) ? elemMatch(path, one.$elemMatch, options) : oneOf(path, [one], options);
    const parts = list(argument).map(part);
    return (doc) => parts.length > 0 && parts.every((holds) => holds(doc));
  },
  $type: () => {
    throw unsupported("$type");
  },
};

const missingFirst = (value: unknown) => (value === undefined ? "\x02" : keyString(value));

const compared =
  (result: (left: string, right: string) => unknown) => (doc: AnyObject, argument: unknown, options: Options) => {
    const [left, right, ...more] = [evalExpr(doc, argument, options)].flat(1);
    if (more.length > 0 || !Array.isArray(argument))
      throw new CommandError(16020, "Expression takes exactly 2 arguments");
    return result(missingFirst(left), missingFirst(right));
  };

/** The same for aggregation expressions, where a missing field is less than null. */
export const expressionOperators = {
  $eq: compared((left, right) => left === right),
  $ne: compared((left, right) => left !== right),
  $gt: compared((left, right) => left > right),
  $gte: compared((left, right) => left >= right),
  $lt: compared((left, right) => left < right),
  $lte: compared((left, right) => left <= right),
  $cmp: compared((left, right) => Number(left > right) - Number(left < right)),
};
