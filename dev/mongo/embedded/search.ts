import type { Collection } from "./collection.ts";
import { CommandError } from "./errors.ts";
import type { Index } from "./index.ts";
import { descending, equal, keyString, typeRank } from "./key-string.ts";
import { matcher } from "./matching.ts";
import { type Doc, isDoc } from "./paths.ts";
import { directions, sorted } from "./sorting.ts";
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
  /** Whether the index gives the order asked for, and in which direction. */
  order: "none" | "forward" | "reverse";
  score: number;
}

/** The documents a query selects, in order, through the best index there is. */
export function search(collection: Collection, wanted: Search, transaction?: Transaction): Doc[] {
  const { query, sort = {}, skip = 0, limit = 0, variables } = wanted;
  const matches = matcher(query, variables);
  const plan = planFor(collection, wanted);
  const needsSort = Object.keys(sort).length > 0 && (transaction !== undefined || (plan?.order ?? "none") === "none");
  const enough = limit > 0 && !needsSort ? skip + limit : Number.POSITIVE_INFINITY;
  const found: Doc[] = [];
  for (const id of candidates(collection, plan, transaction)) {
    if (found.length >= enough) break;
    const doc = collection.read(id, transaction);
    if (doc && matches(doc)) found.push(doc);
  }
  const inOrder = needsSort ? sorted(found, sort) : found;
  return inOrder.slice(skip, limit > 0 ? skip + limit : undefined);
}

function* candidates(collection: Collection, plan: Plan | undefined, transaction?: Transaction): Iterable<string> {
  if (!plan) {
    yield* collection.ids(transaction);
    return;
  }
  const seen = new Set<string>();
  const ranges = plan.ranges.map(([low, high]) => plan.index.range(low, high, plan.order === "reverse"));
  for (const ids of transaction ? [...ranges, collection.unindexedIds(transaction)] : ranges)
    for (const id of ids) if (!seen.has(id) && seen.add(id)) yield id;
}

export function planFor(collection: Collection, { query, sort = {}, hint }: Search): Plan | undefined {
  const conditions = conditionsOf(query);
  const hinted = hint === undefined ? collection.indexes : collection.indexes.filter((index) => isHinted(index, hint));
  if (hinted.length === 0 && !(isDoc(hint) && "$natural" in hint))
    throw new CommandError(2, "error processing query: hint provided does not correspond to an existing index");
  const plans = hinted
    .filter((index) => !index.spec.hidden && (hint !== undefined || isComplete(index, conditions)))
    .map((index) => planOver(index, conditions, sort));
  const best = plans.reduce<Plan | undefined>((a, b) => (a && a.score >= b.score ? a : b), undefined);
  return best && (best.score > 0 || hint !== undefined) ? best : undefined;
}

const isHinted = (index: Index, hint: unknown) =>
  isDoc(hint) ? equal(index.spec.key, hint) : index.spec.name === hint;

type Conditions = Map<string, Doc>;

/** What the query asks of each path, as far as an index can use it. */
function conditionsOf(query: Doc, conditions: Conditions = new Map()): Conditions {
  for (const [path, value] of Object.entries(query)) {
    if (path === "$and" && Array.isArray(value)) for (const part of value) conditionsOf(part, conditions);
    if (path.startsWith("$") || value instanceof RegExp) continue;
    const operators = isDoc(value) && Object.keys(value).some((key) => key.startsWith("$")) ? value : { $eq: value };
    conditions.set(path, { ...operators, ...conditions.get(path) });
  }
  return conditions;
}

/** Whether the index has every document the query can match. */
function isComplete(index: Index, conditions: Conditions): boolean {
  const { partialFilterExpression = {}, sparse } = index.spec;
  const excludesMissing = (path: string) =>
    Object.entries(conditions.get(path) ?? {}).some(
      ([name, bound]) => /^\$(eq|gte?|lte?)$/.test(name) && bound !== null && bound !== undefined,
    );
  const implied = ([path, condition]: [string, unknown]) =>
    equal(conditions.get(path), isDoc(condition) ? condition : { $eq: condition }) ||
    (equal(condition, { $exists: true }) && excludesMissing(path));
  if (!Object.entries(partialFilterExpression).every(implied)) return false;
  return !sparse || index.fields.some(([path]) => excludesMissing(path));
}

function planOver(index: Index, conditions: Conditions, sort: Doc): Plan {
  let prefixes = [""];
  let fixed = 0;
  for (const [path, direction] of index.fields) {
    const points = pointsOf(conditions.get(path));
    if (!points || points.length * prefixes.length > 1000) break;
    const keys = points.map((point) => (direction === 1 ? keyString(point) : descending(keyString(point))));
    prefixes = prefixes.flatMap((prefix) => keys.map((key) => prefix + key));
    fixed++;
  }
  const [path, direction] = index.fields[fixed] ?? [];
  const range = path === undefined ? undefined : rangeOf(conditions.get(path), direction === -1);
  const order = !index.multikey && prefixes.length === 1 ? orderOf(index, fixed, sort) : "none";
  const [low, high] = range ?? ["", "\xff"];
  const score = fixed * 4 + (range ? 2 : 0) + (order === "none" ? 0 : 1);
  return { index, order, score, ranges: prefixes.sort().map((prefix) => [prefix + low, prefix + high]) };
}

function pointsOf(condition: Doc | undefined): unknown[] | undefined {
  if (!condition) return undefined;
  const points = "$eq" in condition ? [condition.$eq] : condition.$in;
  if (!Array.isArray(points) || points.some((point) => Array.isArray(point) || point instanceof RegExp))
    return undefined;
  return [...new Map(points.map((point) => [keyString(point), point])).values()];
}

function rangeOf(condition: Doc = {}, isDescending: boolean): [low: string, high: string] | undefined {
  const bound = (...names: string[]) =>
    names.filter((name) => name in condition).map((name) => keyString(condition[name]))[0];
  const [from, to] = [bound("$gte", "$gt"), bound("$lte", "$lt")];
  const rank = typeRank(from ?? to ?? "");
  if (rank === "") return undefined;
  const beyond = (key: string) => String.fromCharCode(key.charCodeAt(0) + 1);
  if (!isDescending) return [from ?? rank, to === undefined ? beyond(rank) : `${to}\xff`];
  return [descending(to ?? rank), from === undefined ? beyond(descending(rank)) : `${descending(from)}\xff`];
}

function orderOf(index: Index, fixed: number, sort: Doc): Plan["order"] {
  const settled = index.fields.slice(0, fixed).map(([path]) => path);
  const asked = directions(sort).filter(([path]) => !settled.includes(path));
  const given = index.fields.slice(fixed, fixed + asked.length);
  if (Object.keys(sort).length === 0 || given.length < asked.length) return "none";
  const turns = asked.map(([path, direction], at) => (given[at]?.[0] === path ? direction * (given[at]?.[1] ?? 0) : 0));
  if (turns.every((turn) => turn === 1)) return "forward";
  return turns.every((turn) => turn === -1) ? "reverse" : "none";
}
