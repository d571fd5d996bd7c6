import type { ClientSession, Db, ObjectId } from "mongodb";
import type { AccountMetadata } from "../platform.ts";
import { replaceNullReferences } from "./references.ts";
import { type Ownership, type SocialAccount, socialAccounts, users } from "./social-account.ts";

/** Everything about an account that a new grant decides, tokens already sealed. */
export type GrantedAccount = Pick<
  SocialAccount,
  | "userId"
  | "platform"
  | "platformAccountId"
  | "accessToken"
  | "refreshToken"
  | "tokenExpiry"
  | "refreshTokenExpiry"
  | "scopes"
  | "nextRefreshAt"
  | "connectedAt"
> & { readonly metadata: AccountMetadata };

export interface LinkRules {
  readonly ownership: Ownership;
  readonly maxAccountsPerUser: number;
}

export type LinkResult =
  | {
      readonly kind: "linked";
      readonly account: SocialAccount;
      readonly created: boolean;
      /** The abandoned accounts that made way for this one. */
      readonly takenOver: readonly SocialAccount[];
    }
  | { readonly kind: "user_not_found" | "account_limit" | "account_already_linked" };

/**
 * Creates or updates the account and references it on its user: both or, by aborting, neither. `newId` is used if the account is new, the
 * same one in every run. Throws the driver's duplicate key error when somebody else links the account at this moment.
 */
export async function linkAccount(
  db: Db,
  granted: GrantedAccount,
  newId: ObjectId,
  rules: LinkRules,
  session: ClientSession,
): Promise<LinkResult> {
  const others = rules.ownership === "exclusive" ? await othersWith(db, granted, session) : [];
  for (const other of others)
    if (!(await isAbandoned(db, other, session))) return abort(session, "account_already_linked");
  for (const other of others) await removeAccount(db, other, session);

  const { value: account, lastErrorObject } = await upsertAccount(db, granted, newId, session);
  if (!account) throw new Error("An upsert answered no document");
  const created = lastErrorObject?.updatedExisting === false;

  const { matchedCount } = await users(db).updateOne(
    { _id: granted.userId, ...(created && { [`socialAccounts.${rules.maxAccountsPerUser - 1}`]: { $exists: false } }) },
    { $addToSet: { socialAccounts: account._id } },
    { session },
  );
  if (matchedCount === 1) return { kind: "linked", account, created, takenOver: others };
  return abort(session, (await userIsThere(db, granted.userId, session)) ? "account_limit" : "user_not_found");
}

/** Puts what a link adds to in the place of a null that another program has stored there; part of a transaction. */
export async function replaceNulls(
  db: Db,
  { userId, platform, platformAccountId }: GrantedAccount,
  session: ClientSession,
): Promise<void> {
  await replaceNullReferences(db, userId, session);
  await socialAccounts(db).updateOne(
    { userId, platform, platformAccountId, metadata: null },
    { $set: { metadata: {} } },
    { session },
  );
}

/** Deletes the account and its reference and answers it as it was; part of a transaction. Undefined when the user has no such account. */
export async function removeAccount(
  db: Db,
  { _id, userId }: Pick<SocialAccount, "_id" | "userId">,
  session: ClientSession,
): Promise<SocialAccount | undefined> {
  const removed = await socialAccounts(db).findOneAndDelete({ _id, userId }, { session });
  if (!removed) return undefined;
  await users(db).updateOne({ _id: userId, socialAccounts: _id }, { $pull: { socialAccounts: _id } }, { session });
  return removed;
}

function upsertAccount(
  db: Db,
  { userId, platform, platformAccountId, metadata, ...grant }: GrantedAccount,
  newId: ObjectId,
  session: ClientSession,
) {
  const known = Object.entries(metadata).filter(([, value]) => value !== undefined);
  return socialAccounts(db).findOneAndUpdate(
    { userId, platform, platformAccountId },
    {
      $set: {
        ...grant,
        ...Object.fromEntries(known.map(([name, value]) => [`metadata.${name}`, value])),
        status: "active",
        statusReason: null,
        lastError: null,
        refreshAttempts: 0,
        lease: null,
        updatedAt: grant.connectedAt,
      },
      $inc: { tokenVersion: 1, eventSequence: 1 },
      $setOnInsert: {
        _id: newId,
        lastRefreshedAt: null,
        lastUsedAt: null,
        createdAt: grant.connectedAt,
        ...(known.length === 0 && { metadata: {} }),
      },
    },
    { session, upsert: true, returnDocument: "after", includeResultMetadata: true },
  );
}

const othersWith = (
  db: Db,
  { userId, platform, platformAccountId }: GrantedAccount,
  session: ClientSession,
): Promise<SocialAccount[]> =>
  socialAccounts(db)
    .find({ platform, platformAccountId, userId: { $ne: userId } }, { session })
    .toArray();

const isAbandoned = async (db: Db, { status, userId }: SocialAccount, session: ClientSession): Promise<boolean> =>
  status === "revoked" || !(await userIsThere(db, userId, session));

const userIsThere = async (db: Db, userId: ObjectId, session: ClientSession): Promise<boolean> =>
  (await users(db).findOne({ _id: userId }, { projection: { _id: 1 }, session })) !== null;

async function abort(session: ClientSession, kind: Exclude<LinkResult["kind"], "linked">): Promise<LinkResult> {
  await session.abortTransaction();
  return { kind };
}
