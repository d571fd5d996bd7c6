import type { ClientSession, Db, ObjectId } from "mongodb";
import { type ForeignAccount, foreignAccounts } from "../accounts/foreign-account.ts";
import { addReference } from "../accounts/references.ts";
import { users } from "../accounts/social-account.ts";
import type { Database } from "../mongo/connection.ts";
import { isDuplicateKey } from "../mongo/errors.ts";
import { inTransaction } from "../mongo/transaction.ts";
import { type AdoptionPlan, adoptionPlan, type PlanDependencies, type Refusal } from "./adoption-plan.ts";
import { accountsAfter, FIRST_ID } from "./id-ranges.ts";
import { tenAtOnce } from "./ten-at-once.ts";

const BATCH = 100;
const TRANSACTION_DEADLINE_MS = 6_000;

export type Adoption =
  | "adopted"
  /** Sealed, but without a user who could reference it: for the audit. */
  | "adopted_without_user"
  | "own"
  | "other_platform"
  | Refusal
  /** The user has another row for the same account. */
  | "duplicate"
  /** The app wrote it at this moment: for the next run. */
  | "changed_meanwhile";

export interface AdoptDependencies extends PlanDependencies {
  readonly database: Database;
  readonly mayGoOn: () => boolean;
  readonly onAccount: (account: ForeignAccount, adoption: Adoption) => void;
}

export interface AdoptionReport {
  readonly counts: Readonly<Partial<Record<Adoption, number>>>;
  /** Set when it was stopped: everything up to this id is done. */
  readonly unfinishedAfter: string | null;
}

/** Takes over the accounts that another program has written, one transaction each; without `applying` it only says what it would do. */
export async function adoptAccounts(
  { from = FIRST_ID, applying }: { from?: ObjectId | undefined; applying: boolean },
  deps: AdoptDependencies,
): Promise<AdoptionReport> {
  const { db } = deps.database;
  const counts: Partial<Record<Adoption, number>> = {};
  let position = from;
  while (true) {
    const batch = await accountsAfter(db, position, BATCH);
    const adoptions = await tenAtOnce(batch, async (account) => ({
      account,
      adoption: await adopt(account, applying, deps),
    }));
    for (const { account, adoption } of adoptions) {
      counts[adoption] = (counts[adoption] ?? 0) + 1;
      deps.onAccount(account, adoption);
      position = account._id;
    }
    if (batch.length < BATCH) return { counts, unfinishedAfter: null };
    if (!deps.mayGoOn()) return { counts, unfinishedAfter: position.toHexString() };
  }
}

async function adopt(account: ForeignAccount, applying: boolean, deps: AdoptDependencies): Promise<Adoption> {
  const { client, db } = deps.database;
  const plan = adoptionPlan(account, deps);
  if (plan.kind === "refused") return plan.reason;
  if (plan.kind !== "adopt") return plan.kind;
  if (!applying) return (await userIsThere(db, plan.userId)) ? "adopted" : "adopted_without_user";
  const writing = inTransaction(client, (session) => write(db, account, plan, session), {
    deadlineMs: TRANSACTION_DEADLINE_MS,
    random: deps.random,
  });
  return writing.catch((error: unknown) => {
    if (isDuplicateKey(error)) return "duplicate";
    throw error;
  });
}

async function write(
  db: Db,
  account: ForeignAccount,
  { userId, fields }: AdoptionPlan & { kind: "adopt" },
  session: ClientSession,
): Promise<Adoption> {
  const asRead = {
    _id: account._id,
    userId: account.userId ?? null,
    accessToken: account.accessToken ?? null,
    refreshToken: account.refreshToken ?? null,
  };
  const { matchedCount } = await foreignAccounts(db).updateOne(asRead, { $set: fields }, { session });
  if (matchedCount === 0) return "changed_meanwhile";
  const isReferenced = await addReference(db, userId, account._id, session);
  await textReferences(db).updateOne(
    { _id: userId },
    { $pull: { socialAccounts: account._id.toHexString() } },
    { session },
  );
  return isReferenced ? "adopted" : "adopted_without_user";
}

const textReferences = (db: Db) => db.collection<{ _id: ObjectId; socialAccounts: string[] }>("users");

const userIsThere = async (db: Db, _id: ObjectId): Promise<boolean> =>
  (await users(db).findOne({ _id }, { projection: { _id: 1 } })) !== null;
