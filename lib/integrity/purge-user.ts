import { type Db, ObjectId } from "mongodb";
import { foreignAccounts, ownAccount } from "../accounts/foreign-account.ts";
import { removeAccount } from "../accounts/link-account.ts";
import { noteRevocation, revocationOf, revocations } from "../accounts/revocations.ts";
import { users } from "../accounts/social-account.ts";
import type { Database } from "../mongo/connection.ts";
import { inTransaction } from "../mongo/transaction.ts";
import { type RevocationDependencies, type RevocationResult, tryRevocation } from "../tokens/revoke-pending.ts";

const TRANSACTION_DEADLINE_MS = 6_000;
/** What is kept about a person beside the accounts and the references to them. */
const RECORDS = ["oauthstates", "posts", "auditevents"] as const;

export interface PersonsData {
  readonly accounts: readonly ObjectId[];
  /** Accounts that are not adopted yet: what they hold cannot be revoked. */
  readonly notAdopted: readonly ObjectId[];
  readonly pendingRevocations: number;
  readonly records: Readonly<Record<(typeof RECORDS)[number], number>>;
}

/** What there is about a person, other platforms' accounts and the app's own user document apart. */
export async function dataOf(db: Db, userId: ObjectId): Promise<PersonsData> {
  const stored = await foreignAccounts(db)
    .find({ userId: { $in: [userId, userId.toHexString()] }, platform: "tiktok" })
    .toArray();
  const counts = await Promise.all(
    RECORDS.map(async (name) => [name, await db.collection(name).countDocuments({ userId })] as const),
  );
  return {
    accounts: stored.map(({ _id }) => _id),
    notAdopted: stored.filter((account) => !ownAccount(account)).map(({ _id }) => _id),
    pendingRevocations: await revocations(db).countDocuments({ userId }),
    records: Object.fromEntries(counts) as PersonsData["records"],
  };
}

export interface PurgeDependencies extends RevocationDependencies {
  readonly database: Database;
}

/** Removes all of it and revokes the authorizations; safe to run again. What TikTok has not confirmed stays in `revocations` and is tried on. */
export async function purgeUser(
  userId: ObjectId,
  deps: PurgeDependencies,
): Promise<Partial<Record<RevocationResult, number>>> {
  const { db } = deps.database;
  await db.collection("oauthstates").deleteMany({ userId }); // first, so that nobody comes back from TikTok with one
  for (const _id of (await dataOf(db, userId)).accounts) await removeForGood(_id, userId, deps);
  for (const name of RECORDS) await db.collection(name).deleteMany({ userId });
  const results: Partial<Record<RevocationResult, number>> = {};
  for (const revocation of await revocations(db).find({ userId }).toArray()) {
    const result = await tryRevocation(db, revocation, deps);
    results[result] = (results[result] ?? 0) + 1;
  }
  return results;
}

async function removeForGood(
  _id: ObjectId,
  userId: ObjectId,
  { database: { client, db }, clock, random }: PurgeDependencies,
): Promise<void> {
  const at = clock();
  const revocationId = new ObjectId();
  await inTransaction(
    client,
    async (session) => {
      const account = await removeAccount(db, { _id, userId }, session);
      if (account && account.status !== "revoked")
        await noteRevocation(db, revocationOf(account, revocationId, at), session);
    },
    { deadlineMs: TRANSACTION_DEADLINE_MS, random },
  );
  await users(db).updateMany({ socialAccounts: _id }, { $pull: { socialAccounts: _id } });
}
