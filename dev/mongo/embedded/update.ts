import { ObjectId } from "bson";
import { CommandError } from "./errors.ts";
import { equal } from "./key-string.ts";
import { aggregate } from "./matching.ts";
import { type Doc, isDoc, valueAt } from "./paths.ts";
import { updateOperators } from "./update-operators.ts";
import { changedAt, concretePaths } from "./update-paths.ts";

export interface Update {
  /** The document after the update; the same object when nothing changes. */
  apply(doc: Doc, inserting?: boolean): Doc;
  /** The document an upsert stores when nothing matches. */
  upserted(): Doc;
}

interface Spec {
  query: Doc;
  change: unknown;
  multi?: boolean;
  arrayFilters?: unknown;
  variables?: Doc;
}

/** Reads an update once: a replacement, operators or a pipeline. */
export function compiledUpdate(spec: Spec): Update {
  const transform = transformation(spec);
  const apply = (doc: Doc, inserting = false) => {
    const next = transform(doc, inserting);
    if ("_id" in doc && !equal(doc._id, next._id))
      throw new CommandError(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
    return next === doc || (!inserting && equal(doc, next)) ? doc : next;
  };
  const upserted = () => {
    const { _id = new ObjectId(), ...fields } = apply(equalities(spec.query), true);
    return { _id, ...fields };
  };
  return { apply, upserted };
}

function transformation({ change, multi, variables, ...spec }: Spec): (doc: Doc, inserting: boolean) => Doc {
  if (Array.isArray(change)) return (doc) => pipelineUpdate(doc, change, variables);
  if (!isDoc(change)) throw new CommandError(9, "An update is a document or an array of stages");
  const names = Object.keys(change);
  if (names[0]?.startsWith("$")) return operatorUpdate(change, spec);
  const operator = names.find((name) => name.startsWith("$"));
  if (operator) throw new CommandError(52, `The dollar ($) prefixed field '${operator}' is not allowed here`);
  if (multi) throw new CommandError(9, "multi update is not supported for replacement-style update");
  return (doc) => ("_id" in doc ? { _id: doc._id, ...change } : change);
}

const updateStages = /^\$(addFields|set|project|unset|replaceRoot|replaceWith)$/;

function pipelineUpdate(doc: Doc, pipeline: unknown[], variables?: Doc): Doc {
  const stages = pipeline.filter(isDoc);
  const foreign = stages.flatMap(Object.keys).find((name) => !updateStages.test(name));
  if (foreign) throw new CommandError(72, `${foreign} is not allowed to be used within an update`);
  const [after = {}] = aggregate([doc], stages, { variables });
  return "_id" in doc ? { _id: doc._id, ...after } : after;
}

function operatorUpdate(change: Doc, { query, arrayFilters }: Pick<Spec, "query" | "arrayFilters">) {
  const filters = namedFilters(arrayFilters);
  const steps = Object.entries(change).flatMap(([operator, fields]) => {
    if (!(operator in updateOperators) && operator !== "$rename")
      throw new CommandError(
        9,
        `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update`,
      );
    if (!isDoc(fields))
      throw new CommandError(9, `Modifiers operate on fields but we found another type for ${operator}`);
    return Object.entries(fields).map(([path, argument]) => ({ operator, path, argument }));
  });
  assertNoConflict(
    steps.flatMap((step) => [step.path, ...(step.operator === "$rename" ? [String(step.argument)] : [])]),
  );
  steps.sort((a, b) => Number(a.path > b.path) - Number(a.path < b.path));
  return (doc: Doc, inserting: boolean): Doc =>
    steps.reduce<Doc>((before, { operator, path, argument }) => {
      if (operator === "$setOnInsert" && !inserting) return before;
      if (operator === "$rename") return renamed(before, path, String(argument));
      const change = updateOperators[operator] ?? ((current: unknown) => current);
      return concretePaths(before, path, query, filters).reduce<Doc>(
        (partly, concrete) => asDoc(changedAt(partly, concrete, (current) => change(current, argument, path))),
        before,
      );
    }, doc);
}

function renamed(doc: Doc, from: string, to: string): Doc {
  const value = valueAt(doc, from.split("."));
  if (value === undefined) return doc;
  return asDoc(
    changedAt(
      changedAt(doc, from.split("."), () => undefined),
      to.split("."),
      () => value,
    ),
  );
}

function assertNoConflict(paths: string[]): void {
  for (const [at, path] of paths.entries()) {
    const other = paths.slice(at + 1).find((next) => `${next}.`.startsWith(`${path}.`) || path.startsWith(`${next}.`));
    if (other) throw new CommandError(40, `Updating the path '${other}' would create a conflict at '${path}'`);
  }
}

function namedFilters(arrayFilters: unknown): Map<string, Doc> {
  const filters = Array.isArray(arrayFilters) ? arrayFilters.filter(isDoc) : [];
  return new Map(filters.map((filter) => [Object.keys(filter)[0]?.split(".")[0] ?? "", filter]));
}

/** The fields that a query fixes to one value: where an upsert starts from. */
function equalities(query: Doc): Doc {
  return Object.entries(query).reduce<Doc>((doc, [path, condition]) => {
    if (path === "$and" && Array.isArray(condition)) return Object.assign(doc, ...condition.map(equalities));
    const isOperators = isDoc(condition) && Object.keys(condition).some((key) => key.startsWith("$"));
    const value = isOperators ? condition.$eq : condition;
    if (path.startsWith("$") || value === undefined || value instanceof RegExp) return doc;
    return asDoc(changedAt(doc, path.split("."), () => value));
  }, {});
}

function asDoc(value: unknown): Doc {
  if (isDoc(value)) return value;
  throw new CommandError(2, "An update makes a document");
}
