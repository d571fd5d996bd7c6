import { type ClientSession, type Collection, type Db, type IndexDescription, ObjectId } from "mongodb";
import type { Platform } from "../platform.ts";

export type AuditEventType =
  | "SocialAccountLinked"
  | "SocialAccountUnlinked"
  | "SocialAccountNeedsReauth"
  | "SocialAccountRevoked";

/** What happened to an account. Written with the change itself; published from here at least once, so it is an outbox too. */
export interface AuditEvent {
  _id: ObjectId;
  type: AuditEventType;
  userId: ObjectId;
  accountId: ObjectId;
  platform: Platform;
  platformAccountId: string;
  /** Grows by one with each event of an account. */
  sequence: number;
  reason?: string | undefined;
  at: Date;
  publishedAt: Date | null;
}

export const auditEvents = (db: Db): Collection<AuditEvent> => db.collection("auditevents");

export interface AuditedAccount {
  _id: ObjectId;
  userId: ObjectId;
  platform: Platform;
  platformAccountId: string;
  eventSequence?: number;
}

/** The event for an account as it is after the change, its sequence already raised. */
export const auditEvent = (type: AuditEventType, account: AuditedAccount, at: Date, reason?: string): AuditEvent => ({
  _id: new ObjectId(),
  type,
  userId: account.userId,
  accountId: account._id,
  platform: account.platform,
  platformAccountId: account.platformAccountId,
  sequence: account.eventSequence ?? 1,
  reason,
  at,
  publishedAt: null,
});

/** The last event of an account that is deleted with it: nothing else has raised its sequence. */
export const unlinkedEvent = (account: AuditedAccount, at: Date, reason: string): AuditEvent =>
  auditEvent("SocialAccountUnlinked", { ...account, eventSequence: (account.eventSequence ?? 0) + 1 }, at, reason);

export async function appendAuditEvent(db: Db, event: AuditEvent, session: ClientSession): Promise<void> {
  await auditEvents(db).insertOne(event, { session });
}

export const auditEventIndexes: IndexDescription[] = [
  { key: { accountId: 1, sequence: 1 }, name: "account_sequence" },
  { key: { at: 1 }, partialFilterExpression: { publishedAt: null }, name: "unpublished" },
];
