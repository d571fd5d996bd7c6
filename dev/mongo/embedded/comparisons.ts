import { evalExpr } from "mingo/core";
import { Query } from "mingo/query";
import type { AnyObject, Options } from "mingo/types";
import { CommandError, unsupported } from "./errors.ts";
import { keyString, typeRank } from "./key-string.ts";
import { isDoc, leavesAt, valuesAt } from "./paths.ts";

type Predicate = (doc: AnyObject) => boolean;
type QueryOperator = (path: string, argument: unknown, options: Options) => Predicate;

const equals = (argument: unknown, path: string): Predicate => {
  const wanted = keyString(argument);
  return (doc) => leavesAt(doc, path).some((leaf) => keyString(leaf) === wanted);
};

const ordered =
  (holds: (key: string, bound: string) => boolean): QueryOperator =>
  (path, argument) => {
    const bound = keyString(argument);
    const inBracket = (key: string) => typeRank(key) === typeRank(bound) && holds(key, bound);
    return (doc) => leavesAt(doc, path).some((leaf) => inBracket(keyString(leaf)));
  };

const oneOf: QueryOperator = (path, argument) => {
  const choices = list("$in", argument);
  const keys = new Set(choices.map(keyString));
  const patterns = choices.filter((choice) => choice instanceof RegExp);
  const accepts = (leaf: unknown) =>
    keys.has(keyString(leaf)) || (typeof leaf === "string" && patterns.some((pattern) => pattern.test(leaf)));
  return (doc) => leavesAt(doc, path).some(accepts);
};

const elemMatch: QueryOperator = (path, argument, options) => {
  if (!isDoc(argument)) throw new CommandError(2, "$elemMatch needs an Object");
  const onValues = Object.keys(argument).every((key) => key.startsWith("$") && !/^\$(and|or|nor)$/.test(key));
  const query = new Query(onValues ? { value: argument } : argument, options);
  const accepts = (element: unknown) =>
    onValues ? query.test({ value: element }) : isDoc(element) && query.test(element);
  return (doc) => valuesAt(doc, path).some((value) => Array.isArray(value) && value.some(accepts));
};

const not =
  (operator: QueryOperator): QueryOperator =>
  (path, argument, options) => {
    const holds = operator(path, argument, options);
    return (doc) => !holds(doc);
  };

/** mingo's query operators that compare, in BSON's order and with MongoDB's way through arrays and missing fields. */
export const queryOperators: Record<`$${string}`, QueryOperator> = {
  $eq: (path, argument) => equals(argument, path),
  $ne: not((path, argument) => equals(argument, path)),
  $gt: ordered((key, bound) => key > bound),
  $gte: ordered((key, bound) => key >= bound),
  $lt: ordered((key, bound) => key < bound),
  $lte: ordered((key, bound) => key <= bound),
  $in: oneOf,
  $nin: not(oneOf),
  $elemMatch: elemMatch,
  $exists: (path, wanted) => (doc) => valuesAt(doc, path).some((value) => value !== undefined) === Boolean(wanted),
  $size: (path, size) => (doc) => valuesAt(doc, path).some((value) => Array.isArray(value) && value.length === size),
  $regex: (path, pattern) => (doc) =>
    pattern instanceof RegExp && leavesAt(doc, path).some((leaf) => typeof leaf === "string" && pattern.test(leaf)),
  $all: (path, argument, options) => {
    const parts = list("$all", argument).map((part) =>
      isDoc(part) && "$elemMatch" in part ? elemMatch(path, part.$elemMatch, options) : oneOf(path, [part], options),
    );
    return (doc) => parts.length > 0 && parts.every((holds) => holds(doc));
  },
  $type: (path, argument) => {
    const ranks = (Array.isArray(argument) ? argument : [argument]).map(rankOfType);
    return (doc) => leavesAt(doc, path).some((leaf) => leaf !== undefined && ranks.includes(typeRank(keyString(leaf))));
  },
};

const types = "null number string object array binData objectId bool date timestamp regex".split(" ");
const typeNumbers = [10, -1, 2, 3, 4, 5, 7, 8, 9, 17, 11];

function rankOfType(type: unknown): string {
  const at = Math.max(types.indexOf(String(type)), typeNumbers.indexOf(Number(type)));
  if (at < 0) throw unsupported(`$type ${type}`);
  return String.fromCharCode(at + 3);
}

function list(name: string, argument: unknown): unknown[] {
  if (!Array.isArray(argument)) throw new CommandError(2, `${name} needs an array`);
  return argument;
}

type Expression = (doc: AnyObject, argument: unknown, options: Options) => unknown;

const missingFirst = (value: unknown) => (value === undefined ? "\x02" : keyString(value));

const compared =
  (result: (left: string, right: string) => unknown): Expression =>
  (doc, argument, options) => {
    const values: unknown = evalExpr(doc, argument, options);
    if (!Array.isArray(values) || values.length !== 2)
      throw new CommandError(16020, "Expression takes exactly 2 arguments");
    return result(missingFirst(values[0]), missingFirst(values[1]));
  };

/** The same for aggregation expressions, where a missing field is less than null. */
export const expressionOperators: Record<`$${string}`, Expression> = {
  $eq: compared((left, right) => left === right),
  $ne: compared((left, right) => left !== right),
  $gt: compared((left, right) => left > right),
  $gte: compared((left, right) => left >= right),
  $lt: compared((left, right) => left < right),
  $lte: compared((left, right) => left <= right),
  $cmp: compared((left, right) => Number(left > right) - Number(left < right)),
  $in: (doc, argument, options) => {
    const [wanted, choices] = [evalExpr(doc, argument, options)].flat();
    if (!Array.isArray(choices)) throw new CommandError(40081, "$in requires an array as a second argument");
    return choices.some((choice) => missingFirst(choice) === missingFirst(wanted));
  },
};
