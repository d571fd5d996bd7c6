import { type ClientSession, type Db, ObjectId } from "mongodb";
import { removeAccount } from "../accounts/link-account.ts";
import { replaceNullReferences } from "../accounts/references.ts";
import { noteRevocation, revocationOf } from "../accounts/revocations.ts";
import { type SocialAccount, socialAccounts, users } from "../accounts/social-account.ts";
import { appendAuditEvent, auditEvent } from "../audit/audit-event.ts";

type Key = Pick<SocialAccount, "_id" | "userId">;

/** Removes an account whose user is gone, and leaves its authorization to be revoked. */
export async function removeOrphan(db: Db, key: Key, at: Date, session: ClientSession): Promise<void> {
  const account = await removeAccount(db, key, session);
  if (!account) return;
  if (account.status !== "revoked") await noteRevocation(db, revocationOf(account, new ObjectId(), at), session);
  await tellUnlinked(db, account, "user_gone", at, session);
}

/** References the account on its user. Writes to both, so that an unlink at the same time comes before or after, never between. */
export async function restoreReference(db: Db, { _id, userId }: Key, at: Date, session: ClientSession): Promise<void> {
  await socialAccounts(db).updateOne({ _id, userId }, { $set: { updatedAt: at } }, { session });
  await replaceNullReferences(db, userId, session);
  await users(db).updateOne({ _id: userId }, { $addToSet: { socialAccounts: _id } }, { session });
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
    if (removed) await tellUnlinked(db, removed, "duplicate", at, session);
  }
  await restoreReference(db, kept, at, session);
}

const tellUnlinked = (db: Db, account: SocialAccount, reason: string, at: Date, session: ClientSession) =>
  appendAuditEvent(
    db,
    auditEvent("SocialAccountUnlinked", { ...account, eventSequence: (account.eventSequence ?? 0) + 1 }, at, reason),
    session,
  );
