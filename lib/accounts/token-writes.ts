import type { ClientSession, Db, ObjectId } from "mongodb";
import type { AccountMetadata } from "../platform.ts";
import { heldBy, IN_DOUBT, type LeasedAccount } from "./refresh-queue.ts";
import { type LastError, type SocialAccount, socialAccounts } from "./social-account.ts";

/** A pair as it is stored, sealed for its account. */
export type StoredTokens = Pick<
  SocialAccount,
  "accessToken" | "refreshToken" | "tokenExpiry" | "refreshTokenExpiry" | "scopes" | "nextRefreshAt"
> & { readonly lastRefreshedAt: Date };

export type StoreResult = "stored" | "superseded" | "gone";

/**
 * Replaces the pair of this version by its successor, whoever holds the lease: a late refresher has the only working pair. Superseded when
 * a newer pair is there already or the person has withdrawn at the platform.
 */
export async function storeTokens(
  db: Db,
  { _id, tokenVersion }: Pick<SocialAccount, "_id" | "tokenVersion">,
  tokens: StoredTokens,
): Promise<StoreResult> {
  const { matchedCount } = await socialAccounts(db).updateOne(
    { _id, tokenVersion, status: { $ne: "revoked" } },
    {
      $set: {
        ...tokens,
        status: "active",
        statusReason: null,
        lastError: null,
        refreshAttempts: 0,
        lease: null,
        updatedAt: tokens.lastRefreshedAt,
      },
      $inc: { tokenVersion: 1 },
    },
  );
  if (matchedCount === 1) return "stored";
  const account = await socialAccounts(db).findOne({ _id }, { projection: { accessToken: 1 } });
  if (!account) return "gone";
  // an earlier attempt whose answer was lost
  return account.accessToken === tokens.accessToken ? "stored" : "superseded";
}

export interface Postponement {
  readonly nextRefreshAt: Date;
  readonly error: LastError;
  readonly inDoubt: boolean;
}

/** Keeps the account as it is and tries again later. False when it has moved on meanwhile. */
export async function postpone(
  db: Db,
  account: LeasedAccount,
  { nextRefreshAt, error, inDoubt }: Postponement,
): Promise<boolean> {
  const { matchedCount } = await socialAccounts(db).updateOne(heldBy(account), {
    $set: {
      lease: null,
      nextRefreshAt,
      lastError: error,
      updatedAt: error.at,
      ...(inDoubt && { statusReason: IN_DOUBT }),
    },
    $inc: { refreshAttempts: 1 },
  });
  return matchedCount === 1;
}

/** Says that only the person can help now. Undefined when the account has moved on meanwhile; part of a transaction with its event. */
export async function requireReauth(
  db: Db,
  account: LeasedAccount,
  { reason, error }: { reason: string; error: LastError },
  session: ClientSession,
): Promise<SocialAccount | undefined> {
  const changed = await socialAccounts(db).findOneAndUpdate(
    heldBy(account),
    {
      $set: { status: "needs_reauth", statusReason: reason, lease: null, lastError: error, updatedAt: error.at },
      $inc: { eventSequence: 1 },
    },
    { session, returnDocument: "after" },
  );
  return changed ?? undefined;
}

/** Notes that the account's token was handed out. */
export async function touchAccount(db: Db, _id: ObjectId, lastUsedAt: Date): Promise<void> {
  await socialAccounts(db).updateOne({ _id }, { $max: { lastUsedAt } });
}

/** Brings what is shown beside the account up to date, unless it has been linked or refreshed again since its successor was stored. */
export async function storeMetadata(
  db: Db,
  { _id, tokenVersion, metadata: stored }: SocialAccount,
  metadata: AccountMetadata,
): Promise<void> {
  const known = Object.entries(metadata).filter(([, value]) => value !== undefined);
  const fields =
    stored === null ? { metadata } : Object.fromEntries(known.map(([name, value]) => [`metadata.${name}`, value]));
  await socialAccounts(db).updateOne({ _id, tokenVersion: tokenVersion + 1 }, { $set: fields });
}
