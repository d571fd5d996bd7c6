import { UUID } from "bson";
import { CommandError } from "../language/errors.ts";
import { keyString } from "../language/key-string.ts";
import { type Doc, valuesAt } from "../language/paths.ts";
import { Index, type IndexSpec } from "./index.ts";
import { Blocked, type Transaction, writeConflict } from "./transaction.ts";

interface Lock {
  readonly by: Transaction;
  /** The record that has the key when the transaction commits. */
  readonly holder: string | undefined;
}

interface Write {
  readonly id: string;
  readonly before: Doc | undefined;
  readonly after: Doc | undefined;
  readonly transaction: Transaction | undefined;
}

/** Committed documents by _id. A stored document never changes: a write puts another in its place. */
export class Collection {
  readonly ns: string;
  readonly uuid = new UUID();
  indexes: Index[] = [new Index({ v: 2, key: { _id: 1 }, name: "_id_" })];
  readonly #open: Set<Transaction>;
  readonly #records = new Map<string, Doc>();
  readonly #locks = new Map<string, Lock>();

  constructor(ns: string, open: Set<Transaction>) {
    this.ns = ns;
    this.#open = open;
  }

  read(id: string, transaction?: Transaction): Doc | undefined {
    const { own, before } = transaction?.view(this) ?? {};
    if (own?.has(id)) return own.get(id);
    return before?.has(id) ? before.get(id) : this.#records.get(id);
  }

  ids(transaction?: Transaction): Iterable<string> {
    return transaction ? [...this.#records.keys(), ...this.unindexedIds(transaction)] : this.#records.keys();
  }

  /** The ids that the indexes may have in the wrong place for this transaction. */
  unindexedIds(transaction: Transaction): string[] {
    const { before, own } = transaction.view(this);
    return [...before.keys(), ...own.keys()];
  }

  /** Puts a document in the place of another; undefined is nothing. Throws E11000, WriteConflict or Blocked. */
  write(before: Doc | undefined, after: Doc | undefined, transaction: Transaction | undefined): void {
    const id = keyString((before ?? after)?._id);
    const locks: [key: string, holder: string | undefined][] = [[`record ${id}`, id]];
    this.#lockOn(`record ${id}`, transaction);
    if (transaction?.view(this).before.has(id)) throw writeConflict();
    for (const index of this.indexes) {
      const [old, next] = [index.keysOf(before), index.keysOf(after)];
      if (!index.isUnique) continue;
      for (const key of next) if (!old.includes(key)) this.#assertFree(index, key, { id, before, after, transaction });
      for (const key of old) locks.push([`${index.spec.name} ${key}`, undefined]);
      for (const key of next) locks.push([`${index.spec.name} ${key}`, id]);
    }
    if (!transaction) {
      this.#put(id, after);
      return;
    }
    for (const [key, holder] of locks) this.#locks.set(key, { by: transaction, holder });
    transaction.view(this).own.set(id, after);
  }

  /** Takes over what a transaction wrote, if anything, and lets go of its locks. */
  settle(transaction: Transaction, writes: Map<string, Doc | undefined>): void {
    for (const [key, lock] of this.#locks) if (lock.by === transaction) this.#locks.delete(key);
    for (const [id, doc] of writes) this.#put(id, doc);
  }

  addIndex(spec: IndexSpec): void {
    this.waitForTransactions();
    const index = new Index(spec);
    for (const [id, after] of this.#records) {
      const write = { id, before: undefined, after, transaction: undefined };
      if (index.isUnique) for (const key of index.keysOf(after)) this.#assertFree(index, key, write);
      index.add(after, id);
    }
    this.indexes = [...this.indexes, index];
  }

  waitForTransactions(): void {
    for (const lock of this.#locks.values()) throw new Blocked(lock.by);
  }

  #lockOn(key: string, transaction: Transaction | undefined): Lock | undefined {
    const lock = this.#locks.get(key);
    if (!lock || lock.by === transaction) return lock;
    throw transaction ? writeConflict() : new Blocked(lock.by);
  }

  #assertFree(index: Index, key: string, { id, before, after, transaction }: Write): void {
    const isOther = (holder: string) => holder !== id || before === undefined;
    const lock = this.#lockOn(`${index.spec.name} ${key}`, transaction);
    if (lock?.holder !== undefined && isOther(lock.holder)) throw duplicateKey(this.ns, index, after);
    const view = transaction?.view(this);
    for (const holder of index.range(key, key)) {
      if (!isOther(holder) || view?.own.has(holder)) continue;
      throw view?.before.has(holder) ? writeConflict() : duplicateKey(this.ns, index, after);
    }
  }

  #put(id: string, doc: Doc | undefined): void {
    const before = this.#records.get(id);
    for (const transaction of this.#open) {
      const view = transaction.view(this);
      if (!view.before.has(id)) view.before.set(id, before);
    }
    for (const index of this.indexes) {
      if (before) index.remove(before, id);
      if (doc) index.add(doc, id);
    }
    if (doc) this.#records.set(id, doc);
    else this.#records.delete(id);
  }
}

function duplicateKey(ns: string, index: Index, doc: Doc = {}): CommandError {
  const keyValue = Object.fromEntries(index.fields.map(([path]) => [path, valuesAt(doc, path)[0] ?? null]));
  const shown = JSON.stringify(keyValue)
    .replaceAll(/"(\w+)":/g, " $1: ")
    .replace(/\}$/, " }");
  const message = `E11000 duplicate key error collection: ${ns} index: ${index.spec.name} dup key: ${shown}`;
  return new CommandError(11000, message, { keyPattern: index.spec.key, keyValue });
}
