import { setTimeout as sleep } from "node:timers/promises";
import { type ClientSession, type MongoClient, MongoError, type TransactionOptions } from "mongodb";
import type { Random } from "../clock.ts";
import { deadlineIn, within } from "./deadline.ts";
import { StorageTimeout } from "./errors.ts";
import { turns } from "./turns.ts";

const SNAPSHOT: TransactionOptions = {
  readConcern: { level: "snapshot" },
  writeConcern: { w: "majority" },
  readPreference: "primary",
  maxCommitTimeMS: 5_000,
};

export interface TransactionLimits {
  readonly deadlineMs: number;
  readonly random: Random;
}

/**
 * Runs the work in a transaction, again when the server asks for it, and commits until the server has answered; all within one deadline,
 * which the driver's withTransaction does not have. The work may run several times: database calls only, one after the other, no error
 * caught. It aborts by session.abortTransaction(). Past the deadline: the last error, or StorageTimeout; a commit may then still happen.
 */
export async function inTransaction<Result>(
  client: MongoClient,
  work: (session: ClientSession) => Promise<Result>,
  { deadlineMs, random }: TransactionLimits,
): Promise<Result> {
  const deadline = deadlineIn(deadlineMs);
  const mayRepeat = (error: unknown, label: string) =>
    error instanceof MongoError && error.hasErrorLabel(label) && deadline.remaining() > 0;

  async function attempt(session: ClientSession, failures: number): Promise<Result> {
    session.startTransaction(SNAPSHOT);
    try {
      const result = await work(session);
      if (session.inTransaction()) await commit(session, 0);
      return result;
    } catch (error) {
      if (session.inTransaction()) await session.abortTransaction().catch(() => undefined);
      if (!mayRepeat(error, "TransientTransactionError")) throw error;
      await pause(failures);
      return attempt(session, failures + 1);
    }
  }

  async function commit(session: ClientSession, failures: number): Promise<void> {
    if (deadline.remaining() <= 0) throw new StorageTimeout("The transaction's time was over before its commit");
    return session.commitTransaction().catch(async (error: unknown) => {
      if (!mayRepeat(error, "UnknownTransactionCommitResult") || isMaxTimeExpired(error)) throw error;
      await pause(failures);
      return commit(session, failures + 1);
    });
  }

  const pause = (failures: number) => sleep(random() * Math.min(5 * 1.5 ** failures, 500));

  async function begin(): Promise<Result> {
    if (deadline.remaining() <= 0) throw new StorageTimeout("The transaction's time was over before its turn");
    return client.withSession((session) => attempt(session, 0));
  }

  return within(deadlineMs, turnsOf(client)(begin));
}

const turnsByClient = new WeakMap<MongoClient, ReturnType<typeof turns>>();

// one per connection: a transaction that holds locks must not wait for a connection behind those that wait for its locks
function turnsOf(client: MongoClient): ReturnType<typeof turns> {
  const known = turnsByClient.get(client) ?? turns(client.options.maxPoolSize);
  turnsByClient.set(client, known);
  return known;
}

const isMaxTimeExpired = (error: unknown) => error instanceof MongoError && error.code === 50;
