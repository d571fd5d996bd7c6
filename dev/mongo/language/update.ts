import { ObjectId } from "bson";
import { CommandError, unsupported } from "./errors.ts";
import { equal } from "./key-string.ts";
import { aggregate } from "./matching.ts";
import { childOf, type Doc, docOr, isDoc, isOperators } from "./paths.ts";
import { updateOperators } from "./update-operators.ts";

export interface Update {
  /** The document after the update; the same object when nothing changes. */
  apply(doc: Doc): Doc;
  /** The document an upsert stores when nothing matches. */
  upserted(query: Doc): Doc;
}

type Transform = (doc: Doc, isInsert: boolean) => Doc;

/** Reads an update once: a replacement, operators or a pipeline. */
export function compiledUpdate(change: unknown, isMulti: boolean, variables: Doc): Update {
  const transform = transformation(change, isMulti, variables);
  const checked = (doc: Doc, isInsert: boolean) => {
    const next = transform(doc, isInsert);
    if ("_id" in doc && !equal(doc._id, next._id))
      throw new CommandError(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
    return next;
  };
  const apply = (doc: Doc) => {
    const next = checked(doc, false);
    return equal(doc, next) ? doc : next;
  };
  const upserted = (query: Doc) => {
    const { _id = new ObjectId(), ...fields } = checked(equalities(query), true);
    return { _id, ...fields };
  };
  return { apply, upserted };
}

function transformation(change: unknown, isMulti: boolean, variables: Doc): Transform {
  if (Array.isArray(change)) return pipelineUpdate(change.map(docOr), variables);
  if (!isDoc(change)) throw new CommandError(9, "An update is a document or an array of stages");
  const replacement: Doc = change;
  if (isOperators(change)) return operatorUpdate(change);
  if (isMulti) throw new CommandError(9, "multi update is not supported for replacement-style update");
  return (doc) => ({ _id: doc._id, ...replacement });
}

function pipelineUpdate(pipeline: Doc[], variables: Doc): Transform {
  const foreign = pipeline
    .flatMap(Object.keys)
    .find((name) => !/^\$(addFields|set|project|unset|replace(Root|With))$/.test(name));
  if (foreign) throw new CommandError(72, `${foreign} is not allowed to be used within an update`);
  return (doc) => {
    const [after] = aggregate([doc], pipeline, { variables });
    return { _id: doc._id, ...docOr(after) };
  };
}

function operatorUpdate(change: Doc): Transform {
  const steps = Object.entries(change).flatMap(([operator, fields]) => {
    const operation = updateOperators[operator];
    if (/^\$(rename|bit)$/.test(operator)) throw unsupported(operator);
    if (!operation || !isDoc(fields)) throw new CommandError(9, `Unknown modifier: ${operator}, or no fields for it`);
    return Object.entries(fields).map(([path, argument]) => ({ operator, operation, path, argument }));
  });
  steps.sort((a, b) => Number(a.path > b.path) - Number(a.path < b.path));
  assertApart(steps.map(({ path }) => path));
  return (doc, isInsert) =>
    steps
      .filter(({ operator }) => isInsert || operator !== "$setOnInsert")
      .reduce<Doc>((before, { operation, path, argument }) => {
        return docOr(changedAt(before, path.split("."), (current) => operation(current, argument, path)));
      }, doc);
}

function assertApart(paths: string[]): void {
  if (paths.some((path) => path.includes("$"))) throw unsupported("positional updates");
  for (const [at, path] of paths.entries()) {
    const other = paths.slice(at + 1).find((next) => `${next}.`.startsWith(`${path}.`));
    if (other) throw new CommandError(40, `Updating the path '${other}' would create a conflict at '${path}'`);
  }
}

/** The value with a change at a path, making the documents on the way; undefined removes. What does not change is shared. */
function changedAt(root: unknown, path: string[], change: (current: unknown) => unknown): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return change(root);
  if (part === "") throw new CommandError(56, "An update path contains an empty field name, which is not allowed.");
  const isViable = root === undefined || isDoc(root) || (Array.isArray(root) && /^\d+$/.test(part));
  const current = childOf(isViable ? root : undefined, part);
  const next = changedAt(current, rest, change);
  if (next === current) return root;
  if (!isViable) throw new CommandError(28, `Cannot create field '${part}' in element ${JSON.stringify(root)}`);
  if (Array.isArray(root))
    return Array.from({ ...root, length: Math.max(root.length, Number(part) + 1), [part]: next }, (one) => one ?? null);
  if (next !== undefined) return { ...docOr(root), [part]: next };
  const { [part]: _, ...others } = docOr(root);
  return others;
}

/** The fields that a query fixes to one value: where an upsert starts from. */
function equalities(query: Doc): Doc {
  return Object.entries(query).reduce<Doc>((doc, [path, condition]) => {
    if (path === "$and" && Array.isArray(condition)) return Object.assign(doc, ...condition.map(equalities));
    const value = isOperators(condition) ? condition.$eq : condition;
    if (path.startsWith("$") || value === undefined || value instanceof RegExp) return doc;
    return docOr(changedAt(doc, path.split("."), () => value));
  }, {});
}
