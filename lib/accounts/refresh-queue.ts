import { randomUUID } from "node:crypto";
import type { AnyBulkWriteOperation, Db, ObjectId } from "mongodb";
import { after } from "../clock.ts";
import { type Lease, type SocialAccount, socialAccounts } from "./social-account.ts";

/** An account that one refresher holds until its lease ends. */
export interface LeasedAccount extends SocialAccount {
  lease: Lease;
  /** When it was due before the claim moved that to the lease's end. */
  readonly dueAt: Date;
  /** The lease before ended without being released: whoever held it may have spent the refresh token. */
  readonly leaseTakenOver: boolean;
}

type Due = Pick<SocialAccount, "_id" | "nextRefreshAt" | "lease">;

/**
 * Leases up to `limit` due accounts, oldest first. Due again by itself when the lease ends: a crash needs no cleaning up. Answers less
 * than was due when another refresher was quicker; `found` tells.
 */
export async function claimDue(
  db: Db,
  { now, leaseMs, limit }: { now: Date; leaseMs: number; limit: number },
): Promise<{ found: number; claimed: LeasedAccount[] }> {
  const due = await socialAccounts(db)
    .find({ status: "active", nextRefreshAt: { $lte: now } })
    .sort({ nextRefreshAt: 1 })
    .limit(limit)
    .project<Due>({ nextRefreshAt: 1, lease: 1 })
    .toArray();
  if (due.length === 0) return { found: 0, claimed: [] };
  const lease: Lease = { id: randomUUID(), until: after(now, leaseMs) };
  const ids = due.map(({ _id }) => _id);
  const { matchedCount } = await socialAccounts(db).updateMany(
    { _id: { $in: ids }, status: "active", nextRefreshAt: { $lte: now } },
    { $set: { lease, nextRefreshAt: lease.until } },
  );
  if (matchedCount === 0) return { found: due.length, claimed: [] };
  const before = new Map(due.map((account) => [account._id.toHexString(), account]));
  const own = await socialAccounts(db)
    .find({ _id: { $in: ids }, "lease.id": lease.id })
    .toArray();
  return {
    found: due.length,
    claimed: own.map((account) => leased(account, lease, before.get(account._id.toHexString()))),
  };
}

/** Leases one account that nobody else holds, due or not, if its tokens are still those of this version. */
export async function claimOne(
  db: Db,
  account: Pick<SocialAccount, "_id" | "tokenVersion">,
  { now, leaseMs }: { now: Date; leaseMs: number },
): Promise<LeasedAccount | undefined> {
  const lease: Lease = { id: randomUUID(), until: after(now, leaseMs) };
  const before = await socialAccounts(db).findOneAndUpdate(
    {
      _id: account._id,
      tokenVersion: account.tokenVersion,
      status: "active",
      $or: [{ "lease.until": null }, { "lease.until": { $lte: now } }],
    },
    { $set: { lease, nextRefreshAt: lease.until } },
    { returnDocument: "before" },
  );
  return before ? leased(before, lease, before) : undefined;
}

const leased = (account: SocialAccount, lease: Lease, before: Due | undefined): LeasedAccount => ({
  ...account,
  lease,
  dueAt: before?.nextRefreshAt ?? account.nextRefreshAt,
  leaseTakenOver: before?.lease?.until != null,
});

/** Gives leases back, each account due again at the time given for it; what somebody else has taken meanwhile is left alone. */
export async function releaseLeases(
  db: Db,
  accounts: readonly LeasedAccount[],
  dueAt: (account: LeasedAccount) => Date,
): Promise<number> {
  if (accounts.length === 0) return 0;
  const writes = accounts.map(
    (account): AnyBulkWriteOperation<SocialAccount> => ({
      updateOne: {
        filter: heldBy(account),
        update: {
          $set: {
            lease: null,
            nextRefreshAt: dueAt(account),
            ...(account.leaseTakenOver && { statusReason: IN_DOUBT }),
          },
        },
      },
    }),
  );
  const { matchedCount } = await socialAccounts(db).bulkWrite(writes, { ordered: false });
  return matchedCount;
}

/** A refresh token may have been spent by an answer that nobody received. */
export const IN_DOUBT = "rotation_in_doubt";

/** Matches the account only while this holder's lease and the tokens it has read are still the current ones. */
export const heldBy = ({
  _id,
  tokenVersion,
  lease,
}: LeasedAccount): { _id: ObjectId; tokenVersion: number; "lease.id": string } => ({
  _id,
  tokenVersion,
  "lease.id": lease.id,
});
