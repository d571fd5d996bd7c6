import { UUID } from "bson";
import { CommandError } from "./errors.ts";
import { Index, type IndexSpec } from "./index.ts";
import { keyString } from "./key-string.ts";
import { type Doc, valuesAt } from "./paths.ts";
import { Blocked, type History, type Transaction, writeConflict } from "./transaction.ts";

interface Version {
  readonly doc: Doc | undefined;
  readonly at: number;
  readonly before: Version | undefined;
}

interface Lock {
  readonly by: Transaction;
  /** The record that has the key when the transaction commits. */
  readonly holder: string | undefined;
}

export const idOf = (doc: Doc): string => keyString(doc._id);

/** Documents by _id with the versions that open snapshots still see. A stored document never changes: a write puts another in its place. */
export class Collection {
  readonly ns: string;
  readonly uuid = new UUID();
  indexes: Index[] = [new Index({ v: 2, key: { _id: 1 }, name: "_id_" })];
  readonly #history: History;
  readonly #records = new Map<string, Version>();
  readonly #locks = new Map<string, Lock>();
  readonly #superseded = new Set<string>();

  constructor(ns: string, history: History) {
    this.ns = ns;
    this.#history = history;
  }

  read(id: string, transaction?: Transaction): Doc | undefined {
    const own = transaction?.writes.get(this);
    if (own?.has(id)) return own.get(id);
    let version = this.#records.get(id);
    while (transaction && version && version.at > transaction.snapshot) version = version.before;
    return version?.doc;
  }

  /** Every id a reader may see. */
  ids(transaction?: Transaction): Iterable<string> {
    return transaction ? new Set([...this.#records.keys(), ...this.#own(transaction)]) : this.#records.keys();
  }

  /** The ids that the indexes may have in the wrong place for this transaction. */
  unindexedIds(transaction: Transaction): string[] {
    return [...this.#superseded, ...this.#own(transaction)];
  }

  insert(doc: Doc, transaction?: Transaction): void {
    this.#write(idOf(doc), undefined, doc, transaction);
  }

  replace(before: Doc, after: Doc | undefined, transaction?: Transaction): void {
    this.#write(idOf(before), before, after, transaction);
  }

  /** Takes over what a transaction wrote, if anything, and lets go of its locks. */
  settle(transaction: Transaction, writes: Map<string, Doc | undefined>, at: number): void {
    for (const [key, lock] of this.#locks) if (lock.by === transaction) this.#locks.delete(key);
    for (const [id, doc] of writes) this.#put(id, doc, at);
  }

  /** Builds an index over what is committed; throws E11000 where a unique key stands twice. */
  addIndex(spec: IndexSpec): void {
    this.waitForTransactions();
    const index = new Index(spec);
    for (const [id, { doc }] of this.#records) {
      if (!doc) continue;
      if (index.unique)
        for (const key of index.keysOf(doc)) this.#assertFree(index, key, { id, before: undefined, after: doc });
      index.add(doc, id);
    }
    this.indexes = [...this.indexes, index];
  }

  waitForTransactions(): void {
    for (const lock of this.#locks.values()) throw new Blocked(lock.by);
  }

  #own(transaction: Transaction): Iterable<string> {
    return transaction.writes.get(this)?.keys() ?? [];
  }

  #write(id: string, before: Doc | undefined, after: Doc | undefined, transaction?: Transaction): void {
    this.#assertUnlocked(`record ${id}`, transaction);
    if (transaction && (this.#records.get(id)?.at ?? 0) > transaction.snapshot) throw writeConflict();
    const locks: [string, Lock][] = [];
    for (const index of this.indexes) {
      const [old, next] = [index.keysOf(before), index.keysOf(after)];
      if (!index.unique) continue;
      for (const key of next) if (!old.includes(key)) this.#assertFree(index, key, { id, before, after, transaction });
      if (!transaction) continue;
      for (const key of old) locks.push([`${index.spec.name} ${key}`, { by: transaction, holder: undefined }]);
      for (const key of next) locks.push([`${index.spec.name} ${key}`, { by: transaction, holder: id }]);
    }
    if (!transaction) {
      this.#put(id, after, ++this.#history.time);
      return;
    }
    for (const [key, lock] of locks) this.#locks.set(key, lock);
    this.#locks.set(`record ${id}`, { by: transaction, holder: id });
    transaction.writesTo(this).set(id, after);
  }

  #assertUnlocked(key: string, transaction?: Transaction): Lock | undefined {
    const lock = this.#locks.get(key);
    if (!lock || lock.by === transaction) return lock;
    throw transaction ? writeConflict() : new Blocked(lock.by);
  }

  #assertFree(
    index: Index,
    key: string,
    write: { id: string; before: Doc | undefined; after: Doc | undefined; transaction?: Transaction },
  ): void {
    const { id, before, after, transaction } = write;
    const isOther = (holder: string) => holder !== id || before === undefined;
    const lock = this.#assertUnlocked(`${index.spec.name} ${key}`, transaction);
    if (lock?.holder !== undefined && isOther(lock.holder)) throw duplicateKey(this.ns, index, after);
    const own = transaction?.writes.get(this);
    for (const holder of index.range(key, key)) {
      if (!isOther(holder) || own?.has(holder)) continue;
      if (transaction && (this.#records.get(holder)?.at ?? 0) > transaction.snapshot) throw writeConflict();
      throw duplicateKey(this.ns, index, after);
    }
  }

  #put(id: string, doc: Doc | undefined, at: number): void {
    const before = this.#records.get(id);
    for (const index of this.indexes) {
      if (before?.doc) index.remove(before.doc, id);
      if (doc) index.add(doc, id);
    }
    if (this.#history.open.size > 0) {
      this.#records.set(id, { doc, at, before });
      this.#superseded.add(id);
      this.#history.versioned.add(this);
    } else if (doc) this.#records.set(id, { doc, at, before: undefined });
    else this.#records.delete(id);
  }

  prune(): void {
    const oldest = Math.min(...[...this.#history.open].map((transaction) => transaction.snapshot));
    for (const id of this.#superseded) {
      const version = this.#records.get(id);
      if (version && version.at > oldest) continue;
      this.#superseded.delete(id);
      if (version?.doc) this.#records.set(id, { ...version, before: undefined });
      else this.#records.delete(id);
    }
    if (this.#superseded.size === 0) this.#history.versioned.delete(this);
  }
}

function duplicateKey(ns: string, index: Index, doc: Doc = {}): CommandError {
  const keyValue = Object.fromEntries(index.fields.map(([path]) => [path, valuesAt(doc, path)[0] ?? null]));
  const dup = JSON.stringify(keyValue).replaceAll(/"(\w+)":/g, " $1: ");
  const message = `E11000 duplicate key error collection: ${ns} index: ${index.spec.name} dup key: ${dup}`;
  return new CommandError(11000, message, { keyPattern: index.spec.key, keyValue });
}
