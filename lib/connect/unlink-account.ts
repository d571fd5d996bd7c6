import { type ClientSession, ObjectId } from "mongodb";
import { removeAccount } from "../accounts/link-account.ts";
import { noteRevocation, type Revocation, revocationOf } from "../accounts/revocations.ts";
import { appendAuditEvent, unlinkedEvent } from "../audit/audit-event.ts";
import type { Clock, Random } from "../clock.ts";
import type { Database } from "../mongo/connection.ts";
import { inTransaction } from "../mongo/transaction.ts";

const TRANSACTION_DEADLINE_MS = 6_000;

export interface UnlinkDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
}

/** The revocation that is left to do; none when the person had withdrawn at the platform already. */
export interface Unlinked {
  readonly revocation: Revocation | undefined;
}

/** Removes account and reference and notes the revocation and the event, all or nothing. Undefined when the user has no such account. */
export function unlinkAccount(
  { userId, accountId }: { userId: ObjectId; accountId: ObjectId },
  { database, clock, random }: UnlinkDependencies,
): Promise<Unlinked | undefined> {
  const { client, db } = database;
  const at = clock();
  const revocationId = new ObjectId();

  async function unlink(session: ClientSession): Promise<Unlinked | undefined> {
    const account = await removeAccount(db, { _id: accountId, userId }, session);
    if (!account) return undefined;
    const revocation = account.status === "revoked" ? undefined : revocationOf(account, revocationId, at);
    if (revocation) await noteRevocation(db, revocation, session);
    await appendAuditEvent(db, unlinkedEvent(account, at, "by_user"), session);
    return { revocation };
  }

  return inTransaction(client, unlink, { deadlineMs: TRANSACTION_DEADLINE_MS, random });
}
