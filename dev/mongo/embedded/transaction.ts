import { CommandError } from "../language/errors.ts";
import type { Doc } from "../language/paths.ts";
import type { Collection } from "./collection.ts";

/** How a transaction sees a collection: what others have replaced since it began, and what it wrote itself. */
interface View {
  readonly before: Map<string, Doc | undefined>;
  readonly own: Map<string, Doc | undefined>;
}

export class Transaction {
  state: "open" | "committed" | "aborted" = "open";
  readonly #views = new Map<Collection, View>();
  readonly #open: Set<Transaction>;
  readonly #ended = Promise.withResolvers<void>();

  constructor(open: Set<Transaction>) {
    this.#open = open.add(this);
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  view(collection: Collection): View {
    const view = this.#views.get(collection) ?? { before: new Map(), own: new Map() };
    this.#views.set(collection, view);
    return view;
  }

  end(state: "committed" | "aborted"): void {
    if (this.state !== "open") return;
    this.state = state;
    this.#open.delete(this);
    for (const [collection, { own }] of this.#views) collection.settle(this, state === "committed" ? own : new Map());
    this.#views.clear();
    this.#ended.resolve();
  }
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

export const writeConflict = () => new CommandError(112, "Write conflict: another write came first. Please retry.");

/** Runs a plain write, again after each transaction it has to wait for, until the deadline. */
export async function patiently<T>(run: () => T, deadline: number): Promise<T> {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Blocked)) throw error;
    await endOf(error.by, deadline);
  }
  return patiently(run, deadline);
}

async function endOf(transaction: Transaction, deadline: number): Promise<void> {
  const late = Promise.withResolvers<never>();
  const giveUp = () => late.reject(new CommandError(50, "operation exceeded time limit"));
  const timer = Number.isFinite(deadline) ? setTimeout(giveUp, deadline - Date.now()) : undefined;
  await Promise.race([transaction.ended, late.promise]).finally(() => clearTimeout(timer));
}
