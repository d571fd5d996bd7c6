import { CommandError } from "./errors.ts";
import { matcher } from "./matching.ts";
import { type Doc, isDoc, valueAt } from "./paths.ts";

/** Changes one value in a copy of the document, making the documents on the way; undefined removes it. What does not change is shared. */
export function changedAt(root: unknown, path: string[], change: (current: unknown) => unknown): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return change(root);
  if (part === "") throw new CommandError(56, "An update path contains an empty field name, which is not allowed.");
  if (root !== undefined && !isDoc(root) && !Array.isArray(root)) return unviable(part, root, rest, change);
  if (Array.isArray(root) && !/^\d+$/.test(part)) return unviable(part, root, rest, change);
  const current = valueAt(root, [part]);
  const next = changedAt(current, rest, change);
  if (next === current) return root;
  if (Array.isArray(root)) return withElement(root, Number(part), next ?? null);
  if (next !== undefined) return { ...root, [part]: next };
  const { [part]: _, ...others } = isDoc(root) ? root : {};
  return others;
}

function unviable(part: string, root: unknown, rest: string[], change: (current: unknown) => unknown): unknown {
  if (changedAt(undefined, rest, change) === undefined) return root; // removing what cannot be there
  throw new CommandError(28, `Cannot create field '${part}' in element ${JSON.stringify(root)}`);
}

function withElement(array: unknown[], at: number, value: unknown): unknown[] {
  const padding = Array.from({ length: Math.max(0, at - array.length) }, () => null);
  return [...array.slice(0, at), ...padding, value, ...array.slice(at + 1)];
}

/** The paths in this document that an update path with $, $[] or $[name] stands for. */
export function concretePaths(doc: Doc, path: string, query: Doc, filters: Map<string, Doc>): string[][] {
  return path.split(".").reduce<string[][]>(
    (paths, part) => {
      if (!part.startsWith("$")) return paths.map((before) => [...before, part]);
      return paths.flatMap((before) =>
        positions(doc, before, part, query, filters).map((at) => [...before, String(at)]),
      );
    },
    [[]],
  );
}

function positions(doc: Doc, before: string[], part: string, query: Doc, filters: Map<string, Doc>): number[] {
  const array = valueAt(doc, before);
  if (part === "$") return [matchedPosition(array, before.join("."), query)];
  if (!Array.isArray(array))
    throw new CommandError(2, `Cannot apply array updates to non-array element ${before.join(".")}`);
  const name = /^\$\[(\w*)\]$/.exec(part)?.[1];
  if (name === "") return [...array.keys()];
  const filter = filters.get(name ?? "");
  if (name === undefined || !filter)
    throw new CommandError(2, `No array filter found for identifier '${name ?? part}'`);
  const matches = matcher(filter);
  return [...array.keys()].filter((at) => matches({ [name]: array[at] }));
}

function matchedPosition(array: unknown, path: string, query: Doc): number {
  const conditions = [query, ...(Array.isArray(query.$and) ? query.$and : [])]
    .flatMap((part) => Object.entries(part))
    .filter(([field]) => field === path || field.startsWith(`${path}.`))
    .map(([field, condition]) => matcher({ [field]: condition }));
  const holding = (element: unknown) => changedAt({}, path.split("."), () => [element]);
  const isMatch = (element: unknown) => {
    const doc = holding(element);
    return isDoc(doc) && conditions.every((matches) => matches(doc));
  };
  const at = Array.isArray(array) && conditions.length > 0 ? array.findIndex(isMatch) : -1;
  if (at >= 0) return at;
  throw new CommandError(2, "The positional operator did not find the match needed from the query.");
}
