import { type ClientSession, type Db, ObjectId } from "mongodb";
import { type ForeignAccount, foreignAccounts, type OwnAccount, ownAccount } from "../accounts/foreign-account.ts";
import { users } from "../accounts/social-account.ts";
import { after, type Clock } from "../clock.ts";
import { type TokenCipher, TokenUnreadable } from "../crypto/token-cipher.ts";
import { placeOf } from "../tokens/seal-pair.ts";
import { removeOrphan, restoreReference } from "./account-repairs.ts";
import type { Finding, FindingKind, Suspect } from "./finding.ts";

const OVERDUE_MS = 3_600_000;

export interface SuspicionDependencies {
  readonly db: Db;
  readonly cipher: TokenCipher;
  readonly clock: Clock;
}

/** Accounts that no user has, that their user does not reference, that cannot be opened, or that nobody refreshes. */
export async function suspectAccounts(
  accounts: readonly ForeignAccount[],
  deps: SuspicionDependencies,
): Promise<Suspect[]> {
  const own = accounts.filter(({ platform }) => platform === "tiktok"); // the app may keep other platforms' beside
  const references = await referencesOf(
    deps.db,
    own.flatMap((account) => ownAccount(account)?.userId ?? []),
  );
  return own.flatMap((account) =>
    problemsOf(account, (userId) => references.get(userId.toHexString()), deps).map((problem) =>
      suspectOf(account, problem, deps),
    ),
  );
}

interface Problem {
  readonly kind: FindingKind;
  readonly detail?: string;
}

/** `referencesOf` answers undefined for a user who is not there. */
function problemsOf(
  stored: ForeignAccount,
  referencesOf: (userId: ObjectId) => readonly unknown[] | undefined,
  { cipher, clock }: SuspicionDependencies,
): Problem[] {
  const account = ownAccount(stored);
  if (!account) return [{ kind: "account_not_adopted", detail: "run adopt" }];
  const references = referencesOf(account.userId);
  if (!references) return [{ kind: "account_without_user" }];
  const problems: Problem[] = [];
  if (!references.some((reference) => reference instanceof ObjectId && reference.equals(account._id)))
    problems.push({ kind: "account_without_reference" });
  if (account.status === "revoked") return problems;
  const unreadable = whyUnreadable(account, cipher);
  if (unreadable !== undefined) problems.push({ kind: "token_unreadable", detail: unreadable });
  if (account.status === "active" && after(account.nextRefreshAt, OVERDUE_MS) < clock())
    problems.push({ kind: "account_overdue", detail: `since ${account.nextRefreshAt.toISOString()}` });
  return problems;
}

function suspectOf(stored: ForeignAccount, { kind, detail }: Problem, deps: SuspicionDependencies): Suspect {
  const finding: Finding = {
    kind,
    userId: String(stored.userId),
    accountId: stored._id.toHexString(),
    ...(detail !== undefined && { detail }),
  };
  async function stillHolds(session: ClientSession): Promise<boolean> {
    const now = await foreignAccounts(deps.db).findOne({ _id: stored._id }, { session });
    if (!now) return false;
    const account = ownAccount(now);
    const references = account ? await referencesOf(deps.db, [account.userId], session) : new Map();
    return problemsOf(now, (userId) => references.get(userId.toHexString()), deps).some((each) => each.kind === kind);
  }
  const account = ownAccount(stored);
  const repair = account && repairs(account, deps)[kind];
  return { finding, stillHolds, ...(repair && { repair }) };
}

/** Tokens that do not open and accounts overdue are not for a program to repair: the keyring or the job is wrong, not the person. */
const repairs = (
  { _id, userId }: OwnAccount,
  { db, clock }: SuspicionDependencies,
): Partial<Record<FindingKind, (session: ClientSession) => Promise<void>>> => ({
  account_without_user: (session) => removeOrphan(db, { _id, userId }, clock(), session),
  account_without_reference: (session) => restoreReference(db, { _id, userId }, clock(), session),
});

async function referencesOf(
  db: Db,
  userIds: readonly ObjectId[],
  session?: ClientSession,
): Promise<Map<string, readonly unknown[]>> {
  if (userIds.length === 0) return new Map();
  const found = await users(db)
    .find({ _id: { $in: [...userIds] } }, { projection: { socialAccounts: 1 }, session })
    .toArray();
  return new Map(found.map(({ _id, socialAccounts }) => [_id.toHexString(), socialAccounts ?? []]));
}

function whyUnreadable(account: OwnAccount, cipher: TokenCipher): string | undefined {
  try {
    cipher.open(account.accessToken, placeOf(account, "accessToken"));
    cipher.open(account.refreshToken, placeOf(account, "refreshToken"));
    return undefined;
  } catch (error) {
    if (error instanceof TokenUnreadable) return error.message;
    throw error;
  }
}
