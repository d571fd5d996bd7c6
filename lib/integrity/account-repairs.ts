import { type ClientSession, type Db, ObjectId } from "mongodb";
import { removeAccount } from "../accounts/link-account.ts";
import { addReference } from "../accounts/references.ts";
import { noteRevocation, revocationOf } from "../accounts/revocations.ts";
import { type SocialAccount, socialAccounts } from "../accounts/social-account.ts";
import { appendAuditEvent, unlinkedEvent } from "../audit/audit-event.ts";

type Key = Pick<SocialAccount, "_id" | "userId">;

/** Removes an account whose user is gone, and leaves its authorization to be revoked. */
export async function removeOrphan(db: Db, key: Key, at: Date, session: ClientSession): Promise<void> {
  const account = await removeAccount(db, key, session);
  if (!account) return;
  if (account.status !== "revoked") await noteRevocation(db, revocationOf(account, new ObjectId(), at), session);
  await appendAuditEvent(db, unlinkedEvent(account, at, "user_gone"), session);
}

/** References the account on its user. Writes to both, so that an unlink at the same time comes before or after, never between. */
export async function restoreReference(db: Db, { _id, userId }: Key, at: Date, session: ClientSession): Promise<void> {
  await socialAccounts(db).updateOne({ _id, userId }, { $set: { updatedAt: at } }, { session });
  await addReference(db, userId, _id, session);
}

/** Removes all of a user's rows for one account but this one, and references it. The rows share one authorization, so none is revoked. */
export async function keepOneOf(
  db: Db,
  kept: Key,
  others: readonly Key[],
  at: Date,
  session: ClientSession,
): Promise<void> {
  for (const other of others) {
    const removed = await removeAccount(db, other, session);
    if (removed) await appendAuditEvent(db, unlinkedEvent(removed, at, "duplicate"), session);
  }
  await restoreReference(db, kept, at, session);
}
