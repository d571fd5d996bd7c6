import type { ClientSession, Db, ObjectId } from "mongodb";
import type { Platform } from "../platform.ts";
import { type SocialAccount, socialAccounts } from "./social-account.ts";

/** What the platform has withdrawn: every link to this account that was granted before then. */
export interface Withdrawal {
  readonly platform: Platform;
  readonly platformAccountId: string;
  readonly grantedBefore: Date;
}

const affectedBy = ({ platform, platformAccountId, grantedBefore }: Withdrawal) => ({
  platform,
  platformAccountId,
  status: { $ne: "revoked" as const },
  connectedAt: { $not: { $gte: grantedBefore } },
});

export async function accountsAffectedBy(db: Db, withdrawal: Withdrawal): Promise<ObjectId[]> {
  const accounts = await socialAccounts(db)
    .find(affectedBy(withdrawal), { projection: { _id: 1 } })
    .toArray();
  return accounts.map(({ _id }) => _id);
}

/** Marks the account as withdrawn, unless it has been granted again; part of a transaction with its event. */
export async function markRevoked(
  db: Db,
  _id: ObjectId,
  withdrawal: Withdrawal,
  { reason, at }: { reason: string; at: Date },
  session: ClientSession,
): Promise<SocialAccount | undefined> {
  const revoked = await socialAccounts(db).findOneAndUpdate(
    { _id, ...affectedBy(withdrawal) },
    { $set: { status: "revoked", statusReason: reason, lease: null, updatedAt: at }, $inc: { eventSequence: 1 } },
    { session, returnDocument: "after" },
  );
  return revoked ?? undefined;
}
