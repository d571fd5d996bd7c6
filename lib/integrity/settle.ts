import type { Random } from "../clock.ts";
import type { Database } from "../mongo/connection.ts";
import { inTransaction } from "../mongo/transaction.ts";
import { describeError } from "../observability/describe-error.ts";
import type { Log } from "../observability/log.ts";
import type { Settlement, Suspect } from "./finding.ts";

const TRANSACTION_DEADLINE_MS = 6_000;

export interface SettleDependencies {
  readonly database: Database;
  readonly random: Random;
  readonly log: Log;
}

/** Looks at a suspect again and, if asked to, repairs it, in one transaction. A repair that fails leaves everything as it was. */
export function settle(
  { finding, stillHolds, repair }: Suspect,
  repairing: boolean,
  { database, random, log }: SettleDependencies,
): Promise<Settlement> {
  const settling = inTransaction<Settlement>(
    database.client,
    async (session) => {
      if (!(await stillHolds(session))) return "vanished";
      if (!repairing || !repair) return "found";
      await repair(session);
      return "repaired";
    },
    { deadlineMs: TRANSACTION_DEADLINE_MS, random },
  );
  return settling.catch((error: unknown) => {
    log.error("finding not settled", { ...finding, error: describeError(error) });
    return "failed";
  });
}
