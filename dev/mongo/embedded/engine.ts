import { CommandError } from "../language/errors.ts";
import type { Doc } from "../language/paths.ts";
import { Collection } from "./collection.ts";
import { search } from "./search.ts";
import { Sessions } from "./sessions.ts";
import { Blocked, type Transaction } from "./transaction.ts";

/** Everything one embedded server holds. */
export class Engine {
  port = 0;
  cursorCount = 0;
  failPoint: { data: Doc; times: number; skip: number } | undefined;
  readonly open = new Set<Transaction>();
  readonly sessions = new Sessions(this.open);
  readonly cursors = new Map<number, { readonly ns: string; readonly docs: Doc[] }>();
  readonly databases = new Map<string, Map<string, Collection>>();

  /** The collection, or an empty one in its place. */
  collection(db: string, name: unknown): Collection {
    if (typeof name !== "string" || !/^[^$\0]+$/.test(name) || !/^[^/\\. "$\0]+$/.test(db))
      throw new CommandError(73, `Invalid namespace specified '${db}.${name}'`);
    return this.databases.get(db)?.get(name) ?? new Collection(`${db}.${name}`, this.open);
  }

  /** Makes the collection if it is not there. */
  ensureCollection(db: string, name: unknown): Collection {
    const collection = this.collection(db, name);
    const collections = this.databases.get(db) ?? new Map<string, Collection>();
    this.databases.set(db, collections.set(String(name), collection));
    return collection;
  }

  /** Deletes what TTL indexes say is over, except what a transaction is about to change. */
  expire(now: number): void {
    for (const collection of [...this.databases.values()].flatMap((collections) => [...collections.values()]))
      for (const { spec, fields } of collection.indexes) {
        const [path = ""] = fields[0] ?? [];
        const over = new Date(now - Number(spec.expireAfterSeconds) * 1000);
        if (spec.expireAfterSeconds === undefined) continue;
        for (const doc of search(collection, { query: { ...spec.partialFilterExpression, [path]: { $lte: over } } }))
          unlessBlocked(() => collection.write(doc, undefined, undefined));
      }
  }
}

function unlessBlocked(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof Blocked)) throw error;
  }
}

/** One command on its way. */
export interface Request {
  readonly engine: Engine;
  readonly db: string;
  readonly name: string;
  readonly body: Doc;
  readonly transaction: Transaction | undefined;
  /** When maxTimeMS ends, in milliseconds since 1970; infinite without one. */
  readonly deadline: number;
  readonly connectionId: number;
}

export interface Command {
  /** The fields it takes beside those that every command takes; * takes any, as the handshake does. */
  readonly fields: string;
  /** Whether it may run inside a transaction. */
  readonly isTransactional?: boolean;
  run(request: Request): Doc | Promise<Doc> | undefined;
}
