import { CommandError } from "../language/errors.ts";
import { descending } from "../language/key-string.ts";
import { matcher } from "../language/matching.ts";
import type { Doc } from "../language/paths.ts";
import { type Direction, directions, elementKeys } from "../language/sorting.ts";

export interface IndexSpec extends Doc {
  name: string;
  key: Doc;
  unique?: boolean;
  sparse?: boolean;
  hidden?: boolean;
  expireAfterSeconds?: number;
  partialFilterExpression?: Doc;
}

/** The committed documents of a collection in the order of a key. */
export class Index {
  readonly spec: IndexSpec;
  readonly fields: Direction[];
  readonly isUnique: boolean;
  isMultikey = false;
  readonly #entries: { key: string; id: string }[] = [];
  readonly #includes: (doc: Doc) => boolean;

  constructor(spec: IndexSpec) {
    this.spec = spec;
    this.fields = directions(spec.key);
    this.isUnique = spec.unique === true || spec.name === "_id_";
    this.#includes = matcher(spec.partialFilterExpression ?? {});
  }

  /** The keys under which a document stands here: none, one, or one for each element of an array. */
  keysOf(doc: Doc | undefined): string[] {
    if (!doc || !this.#includes(doc)) return [];
    const columns = this.fields.map(([path]) => elementKeys(doc, path));
    if (this.spec.sparse && columns.every((keys) => keys.length === 1 && keys[0] === "\x03")) return [];
    if (columns.filter((keys) => keys.length > 1).length > 1)
      throw new CommandError(171, "cannot index parallel arrays");
    return columns.reduce<string[]>(
      (keys, column, at) => {
        const parts = this.fields[at]?.[1] === -1 ? column.map(descending) : column;
        return parts.flatMap((part) => keys.map((key) => key + part));
      },
      [""],
    );
  }

  add(doc: Doc, id: string): void {
    const keys = this.keysOf(doc);
    this.isMultikey ||= keys.length > 1;
    for (const key of keys) this.#entries.splice(this.#position(key, id), 0, { key, id });
  }

  remove(doc: Doc, id: string): void {
    for (const key of this.keysOf(doc)) this.#entries.splice(this.#position(key, id), 1);
  }

  /** The ids whose keys lie from low to high, both included, in order. */
  *range(low: string, high: string, isReverse = false): Generator<string> {
    const [first, end] = [this.#position(low, ""), this.#position(high, "\uffff")];
    for (let step = 0; step < end - first; step++) {
      const entry = this.#entries[isReverse ? end - 1 - step : first + step];
      if (entry) yield entry.id;
    }
  }

  #position(key: string, id: string): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle];
      if (entry && (entry.key < key || (entry.key === key && entry.id < id))) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
