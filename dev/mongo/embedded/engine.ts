import { Collection } from "./collection.ts";
import { CommandError } from "./errors.ts";
import { FailPoints } from "./fail-points.ts";
import type { Doc } from "./paths.ts";
import { search } from "./search.ts";
import { Sessions } from "./sessions.ts";
import { Blocked, type History, type Transaction } from "./transaction.ts";

export interface Cursor {
  readonly ns: string;
  readonly docs: Doc[];
}

/** Everything one embedded server holds. */
export class Engine {
  readonly history: History = { time: 1, open: new Set(), versioned: new Set() };
  readonly databases = new Map<string, Map<string, Collection>>();
  readonly sessions = new Sessions(this.history);
  readonly failPoints = new FailPoints();
  readonly cursors = new Map<number, Cursor>();
  cursorCount = 0;
  port = 0;

  collection(db: string, name: unknown): Collection | undefined {
    return this.databases.get(db)?.get(namespaced(db, name));
  }

  /** The collection, made now if it is not there. */
  ensureCollection(db: string, name: unknown): Collection {
    const collections = this.databases.get(db) ?? new Map<string, Collection>();
    const collection = this.collection(db, name) ?? new Collection(`${db}.${namespaced(db, name)}`, this.history);
    this.databases.set(db, collections.set(namespaced(db, name), collection));
    return collection;
  }

  /** Deletes what TTL indexes say is over. */
  expire(now: number): void {
    for (const collection of [...this.databases.values()].flatMap((collections) => [...collections.values()]))
      for (const { spec, fields } of collection.indexes) {
        const [path] = fields[0] ?? [];
        if (spec.expireAfterSeconds === undefined || path === undefined) continue;
        const over = new Date(now - spec.expireAfterSeconds * 1000);
        const query = { ...spec.partialFilterExpression, [path]: { $lte: over } };
        for (const doc of search(collection, { query })) leaveIfBusy(() => collection.replace(doc, undefined));
      }
  }
}

function leaveIfBusy(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof Blocked)) throw error;
  }
}

function namespaced(db: string, name: unknown): string {
  if (typeof name === "string" && name !== "" && !/[$\0]/.test(name) && !/[/\\. "$\0]/.test(db) && db !== "")
    return name;
  throw new CommandError(73, `Invalid namespace specified '${db}.${name}'`);
}

/** One command on its way. */
export interface Request {
  readonly engine: Engine;
  readonly db: string;
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
  readonly transactional?: boolean;
  run(request: Request): Doc | Promise<Doc>;
}
