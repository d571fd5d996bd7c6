import type { Collection } from "./collection.ts";
import { CommandError } from "./errors.ts";
import type { Doc } from "./paths.ts";

/** Counts commits: a snapshot is the number it had. */
export interface History {
  time: number;
  readonly open: Set<Transaction>;
  /** The collections that keep versions for open snapshots. */
  readonly versioned: Set<Collection>;
}

/** A plain write met what an open transaction wrote, and waits for its end. */
export class Blocked extends Error {
  override readonly name = "Blocked";
  readonly by: Transaction;

  constructor(by: Transaction) {
    super("Waiting for an open transaction");
    this.by = by;
  }
}

/** Reads as of its start, and its own writes, which the collections take over when it commits. */
export class Transaction {
  readonly snapshot: number;
  readonly writes = new Map<Collection, Map<string, Doc | undefined>>();
  state: "open" | "committed" | "aborted" = "open";
  readonly #history: History;
  readonly #ended = Promise.withResolvers<void>();

  constructor(history: History) {
    this.#history = history;
    this.snapshot = history.time;
    history.open.add(this);
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  writesTo(collection: Collection): Map<string, Doc | undefined> {
    const writes = this.writes.get(collection) ?? new Map<string, Doc | undefined>();
    this.writes.set(collection, writes);
    return writes;
  }

  end(state: "committed" | "aborted"): void {
    if (this.state !== "open") return;
    this.state = state;
    this.#history.open.delete(this);
    const at = this.#history.time + 1;
    for (const [collection, writes] of this.writes)
      collection.settle(this, state === "committed" ? writes : new Map(), at);
    this.#history.time = at;
    for (const collection of this.#history.versioned) collection.prune();
    this.#ended.resolve();
  }
}

export const writeConflict = () =>
  new CommandError(112, "Caused by :: Write conflict during plan execution and yielding is disabled.");

/** Runs a plain write, again after each transaction it has to wait for, until the deadline. */
export async function patiently<T>(run: () => T, deadline: number): Promise<T> {
  for (;;) {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof Blocked)) throw error;
      await endOf(error.by, deadline - Date.now());
    }
  }
}

async function endOf(transaction: Transaction, wait: number): Promise<void> {
  if (!Number.isFinite(wait)) return transaction.ended;
  const late = Promise.withResolvers<never>();
  const error = new CommandError(50, "operation exceeded time limit");
  const timer = setTimeout(() => late.reject(error), Math.max(0, wait));
  await Promise.race([transaction.ended, late.promise]).finally(() => clearTimeout(timer));
}
