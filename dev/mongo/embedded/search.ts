import { CommandError } from "../language/errors.ts";
import { descending, equal, keyString, typeRank } from "../language/key-string.ts";
import { matcher } from "../language/matching.ts";
import { type Doc, isDoc, isOperators } from "../language/paths.ts";
import { directions, sorted } from "../language/sorting.ts";
import type { Collection } from "./collection.ts";
import type { Index } from "./index.ts";
import type { Transaction } from "./transaction.ts";

export interface Search {
  query: Doc;
  sort?: Doc;
  skip?: number;
  limit?: number;
  hint?: unknown;
  variables?: Doc;
}

interface Plan {
  index: Index;
  ranges: [low: string, high: string][];
  /** 1 or -1 when the index gives the order asked for, forwards or backwards; else 0. */
  order: number;
  score: number;
}

/** The documents a query selects, in order, through the best index there is. */
export function search(collection: Collection, wanted: Search, transaction?: Transaction): Doc[] {
  const { query, sort = {}, skip = 0, limit = 0, variables } = wanted;
  const matches = matcher(query, variables);
  const plan = planFor(collection, wanted);
  const needsSort = Object.keys(sort).length > 0 && (transaction !== undefined || !plan?.order);
  const enough = limit > 0 && !needsSort ? skip + limit : Number.POSITIVE_INFINITY;
  const found = new Map<string, Doc>();
  for (const id of candidates(collection, plan, transaction)) {
    if (found.size >= enough) break;
    const doc = found.has(id) ? undefined : collection.read(id, transaction);
    if (doc && matches(doc)) found.set(id, doc);
  }
  const docs = [...found.values()];
  return (needsSort ? sorted(docs, sort) : docs).slice(skip, limit > 0 ? skip + limit : undefined);
}

function* candidates(collection: Collection, plan: Plan | undefined, transaction?: Transaction): Iterable<string> {
  if (!plan) yield* collection.ids(transaction);
  for (const [low, high] of plan?.ranges ?? []) yield* plan?.index.range(low, high, plan.order < 0) ?? [];
  if (plan && transaction) yield* collection.unindexedIds(transaction);
}

function planFor(collection: Collection, { query, sort = {}, hint }: Search): Plan | undefined {
  const isHinted = ({ spec }: Index) => (isDoc(hint) ? equal(spec.key, hint) : spec.name === hint);
  if (hint !== undefined && !(isDoc(hint) && "$natural" in hint) && !collection.indexes.some(isHinted))
    throw new CommandError(2, "error processing query: hint provided does not correspond to an existing index");
  const conditions = conditionsOf(query);
  const plans = collection.indexes
    .filter((index) => (hint === undefined || isHinted(index)) && !index.spec.hidden && isComplete(index, conditions))
    .map((index) => planOver(index, conditions, sort))
    .filter(({ score }) => score > 0);
  return plans.reduce<Plan | undefined>((best, plan) => (best && best.score >= plan.score ? best : plan), undefined);
}

type Conditions = Map<string, Doc>;

/** What the query asks of each path, as far as an index can use it. */
function conditionsOf(query: Doc, conditions: Conditions = new Map()): Conditions {
  for (const [path, value] of Object.entries(query)) {
    if (path === "$and" && Array.isArray(value)) for (const part of value) conditionsOf(part, conditions);
    if (path.startsWith("$") || value instanceof RegExp) continue;
    conditions.set(path, { ...(isOperators(value) ? value : { $eq: value }), ...conditions.get(path) });
  }
  return conditions;
}

/** Whether the index has every document the query can match. */
function isComplete({ spec, fields }: Index, conditions: Conditions): boolean {
  const isImplied = ([path, condition]: [string, unknown]) =>
    equal(conditions.get(path), isOperators(condition) ? condition : { $eq: condition });
  const asksForValue = ([path]: [string, ...unknown[]]) => {
    const { $eq = null, $gt = $eq, $gte = $gt, $lt = $gte, $lte = $lt } = conditions.get(path) ?? {};
    return $lte !== null;
  };
  return (
    Object.entries(spec.partialFilterExpression ?? {}).every(isImplied) && (!spec.sparse || fields.some(asksForValue))
  );
}

function planOver(index: Index, conditions: Conditions, sort: Doc): Plan {
  let prefixes = [""];
  let fixed = 0;
  for (const [path, direction] of index.fields) {
    const points = pointsOf(conditions.get(path));
    if (!points || points.length * prefixes.length > 10_000) break;
    const keys = direction === 1 ? points : points.map(descending);
    prefixes = prefixes.flatMap((prefix) => keys.map((key) => prefix + key));
    fixed++;
  }
  const [path = "", direction] = index.fields[fixed] ?? [];
  const range = rangeOf(conditions.get(path), direction === -1);
  const [low, high] = range ?? ["", "\xff"];
  const ranges = prefixes.sort().map((prefix): [string, string] => [prefix + low, prefix + high]);
  const order = index.isMultikey || ranges.length !== 1 ? 0 : orderOf(index, fixed, sort);
  return { index, ranges, order, score: fixed * 4 + (range ? 2 : 0) + Math.abs(order) };
}

function pointsOf(condition: Doc = {}): string[] | undefined {
  const points = "$eq" in condition ? [condition.$eq] : condition.$in;
  if (!Array.isArray(points) || points.some((point) => Array.isArray(point) || point instanceof RegExp))
    return undefined;
  return [...new Set(points.map(keyString))];
}

function rangeOf(condition: Doc = {}, isDescending: boolean): [low: string, high: string] | undefined {
  const bound = (names: string[]) =>
    names.filter((name) => name in condition).map((name) => keyString(condition[name]))[0];
  const [from, to] = [bound(["$gte", "$gt"]), bound(["$lte", "$lt"])];
  const rank = typeRank(from ?? to ?? "");
  if (rank === "") return undefined;
  const beyond = (key: string) => String.fromCharCode(key.charCodeAt(0) + 1);
  if (!isDescending) return [from ?? rank, to === undefined ? beyond(rank) : `${to}\xff`];
  return [descending(to ?? rank), from === undefined ? beyond(descending(rank)) : `${descending(from)}\xff`];
}

function orderOf(index: Index, fixed: number, sort: Doc): number {
  const settled = index.fields.slice(0, fixed).map(([path]) => path);
  const asked = directions(sort).filter(([path]) => !settled.includes(path));
  const turn = (at: number, path: string, direction: number) => {
    const [given, way = 0] = index.fields[fixed + at] ?? [];
    return given === path ? direction * way : 0;
  };
  const turns = new Set(asked.map(([path, direction], at) => turn(at, path, direction)));
  return turns.size === 1 ? ([...turns][0] ?? 0) : 0;
}
