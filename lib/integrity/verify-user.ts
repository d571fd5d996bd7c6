import type { Db, ObjectId } from "mongodb";
import { type SocialAccount, socialAccounts, users } from "../accounts/social-account.ts";

export interface Statement {
  readonly holds: boolean;
  readonly text: string;
}

/** Says of one user, in words, whether the references and the accounts agree: what a person would look up in both collections. */
export async function verifyUser(db: Db, userId: ObjectId, now: Date): Promise<Statement[]> {
  const user = await users(db).findOne({ _id: userId });
  const accounts = await socialAccounts(db).find({ userId }).sort({ createdAt: 1 }).toArray();
  const orphans = accounts.map(({ _id }) => ({ holds: false, text: `Account ${_id} says it belongs to this user` }));
  if (!user) return [{ holds: false, text: `There is no user ${userId}` }, ...orphans];

  const references = (user.socialAccounts ?? []).map(String);
  const own = new Set(accounts.map(({ _id }) => String(_id)));
  const dangling = references.filter((id) => !own.has(id));
  const twice = references.filter((id, position) => references.indexOf(id) !== position);
  return [
    { holds: true, text: `User ${userId} references ${references.length} of ${accounts.length} accounts` },
    ...accounts.flatMap((account) => statementsOn(account, references, now)),
    ...dangling.map((id) => ({ holds: false, text: `User references ${id}, which is no account of theirs` })),
    ...twice.map((id) => ({ holds: false, text: `User references ${id} more than once` })),
  ];
}

function statementsOn(account: SocialAccount, references: readonly string[], now: Date): Statement[] {
  const id = String(account._id);
  const name = account.metadata?.displayName ?? account.platformAccountId;
  const sealed = [account.accessToken, account.refreshToken].every((token) => String(token).startsWith("v1."));
  return [
    {
      holds: references.includes(id),
      text: `Account ${id} (${account.platform}, ${name}) says user, and the user ${references.includes(id) ? "says" : "does not say"} account`,
    },
    { holds: sealed, text: `Its tokens are ${sealed ? "stored encrypted" : "not encrypted: run npm run adopt"}` },
    { holds: account.status === "active", text: `Its status is ${account.status}${lifeOf(account, now)}` },
  ];
}

function lifeOf({ status, statusReason, tokenExpiry }: SocialAccount, now: Date): string {
  if (status !== "active") return ` (${statusReason ?? "no reason noted"}): the person has to reconnect`;
  const minutes = Math.round((tokenExpiry.getTime() - now.getTime()) / 60_000);
  return minutes > 0 ? `, its access token good for ${minutes} more minutes` : ", its access token due to be refreshed";
}
