import { CommandError } from "./errors.ts";
import { descending, keyString } from "./key-string.ts";
import { type Doc, isDoc, valuesAt } from "./paths.ts";

export type Direction = [path: string, direction: 1 | -1];

/** The paths and directions of a sort or an index key. */
export function directions(spec: unknown): Direction[] {
  if (!isDoc(spec)) throw new CommandError(14, "A sort or key specification must be an object");
  return Object.entries(spec).map(([path, value]): Direction => {
    if (value === 1 || value === -1) return [path, value];
    throw new CommandError(2, `Only 1 and -1 are directions here: ${path}: ${JSON.stringify(value)}`);
  });
}

/** The documents in order; an array counts as its least element, or its greatest in descending order. */
export function sorted(docs: Doc[], spec: unknown): Doc[] {
  const paths = directions(spec);
  const keyed = docs.map((doc) => ({ doc, key: paths.map((direction) => sortKey(doc, direction)).join("") }));
  return keyed.sort((a, b) => Number(a.key > b.key) - Number(a.key < b.key)).map(({ doc }) => doc);
}

function sortKey(doc: Doc, [path, direction]: Direction): string {
  const keys = elementKeys(doc, path).sort();
  return direction === 1 ? (keys.at(0) ?? "") : descending(keys.at(-1) ?? "");
}

/** The keys of a path in a document, one for each element where it is an array. */
export function elementKeys(doc: Doc, path: string): string[] {
  const elements = (value: unknown) =>
    Array.isArray(value) ? (value.length > 0 ? value.map(keyString) : ["\x02"]) : [keyString(value)];
  const keys = valuesAt(doc, path).flatMap(elements);
  return keys.length > 0 ? [...new Set(keys)] : ["\x03"];
}
