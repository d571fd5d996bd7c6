import type { Db } from "mongodb";
import { claimDue, type LeasedAccount } from "../accounts/refresh-queue.ts";
import type { Clock } from "../clock.ts";

export interface DueAccounts {
  /** The next leased account, or undefined when nothing more is due or may be claimed. */
  next(): Promise<LeasedAccount | undefined>;
  /** Something that was handed out is due again. */
  askAgain(): void;
  /** What was leased and not handed out, by a claim still under way too: a lease that nobody gives back looks like a crash. */
  rest(): Promise<LeasedAccount[]>;
  /** Why claiming ended early, if it did. */
  failure(): unknown;
}

export interface Claiming {
  leaseMs(): number;
  readonly batchSize: number;
  /** Claims the next batch when no more than this many wait, so that nobody waits for a claim. */
  readonly lowWater: number;
  mayClaim(): boolean;
  onClaimed(accounts: readonly LeasedAccount[]): void;
}

/** Hands out due accounts one by one, leasing them in batches ahead of need. */
export function dueAccounts(
  db: Db,
  clock: Clock,
  { leaseMs, batchSize, lowWater, mayClaim, onClaimed }: Claiming,
): DueAccounts {
  const waiting: LeasedAccount[] = [];
  let claiming: Promise<void> | undefined;
  let dry = false;
  let failed: unknown;

  async function claimBatch(): Promise<void> {
    const { found, claimed } = await claimDue(db, { now: clock(), leaseMs: leaseMs(), limit: batchSize });
    dry = found < batchSize;
    waiting.push(...claimed);
    onClaimed(claimed);
  }

  async function next(): Promise<LeasedAccount | undefined> {
    if (waiting.length <= lowWater && !dry && mayClaim())
      claiming ??= claimBatch()
        .catch((error: unknown) => {
          dry = true;
          failed = error;
        })
        .finally(() => {
          claiming = undefined;
        });
    const account = waiting.shift();
    if (account || !claiming) return account;
    await claiming;
    return next();
  }

  async function rest(): Promise<LeasedAccount[]> {
    await claiming;
    return waiting.splice(0);
  }

  function askAgain(): void {
    dry = failed !== undefined;
  }

  return { next, askAgain, rest, failure: () => failed };
}
