import { accountsAffectedBy, markRevoked, type Withdrawal } from "../accounts/revoked-accounts.ts";
import { appendAuditEvent, auditEvent } from "../audit/audit-event.ts";
import type { Clock, Random } from "../clock.ts";
import type { Database } from "../mongo/connection.ts";
import { inTransaction } from "../mongo/transaction.ts";

const TRANSACTION_DEADLINE_MS = 5_000;

export interface WithdrawDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Marks every user's link to the account as revoked, each with its event. Answers how many it changed: told twice, none the second time;
 * broken off, the next time does the rest.
 */
export async function withdrawAuthorization(
  withdrawal: Withdrawal,
  reason: string,
  { database: { client, db }, clock, random }: WithdrawDependencies,
): Promise<number> {
  const at = clock();
  let revoked = 0;
  for (const _id of await accountsAffectedBy(db, withdrawal)) {
    const changed = await inTransaction(
      client,
      async (session) => {
        const account = await markRevoked(db, _id, withdrawal, { reason, at }, session);
        if (account) await appendAuditEvent(db, auditEvent("SocialAccountRevoked", account, at, reason), session);
        return account !== undefined;
      },
      { deadlineMs: TRANSACTION_DEADLINE_MS, random },
    );
    if (changed) revoked += 1;
  }
  return revoked;
}
