import type { ClientSession, Db, ObjectId } from "mongodb";
import { foreignAccounts, type OwnAccount, ownAccount } from "../accounts/foreign-account.ts";
import { isOneRowPerUser } from "../accounts/indexes.ts";
import { issuedAt } from "../accounts/social-account.ts";
import type { Clock } from "../clock.ts";
import { keepOneOf } from "./account-repairs.ts";
import type { Suspect } from "./finding.ts";

interface Key {
  readonly userId: ObjectId;
  readonly platform: string;
  readonly platformAccountId: string;
}

/** Rows that one user has several times for one account, as far as the unique index has not been there to prevent them. */
export async function suspectDuplicates(db: Db, clock: Clock): Promise<Suspect[]> {
  if (await uniqueIndexIsThere(db)) return [];
  const keys = await foreignAccounts(db)
    .aggregate<{ _id: Key; rows: number }>([
      { $match: { platform: "tiktok" } },
      {
        $group: {
          _id: { userId: "$userId", platform: "$platform", platformAccountId: "$platformAccountId" },
          rows: { $sum: 1 },
        },
      },
      { $match: { rows: { $gt: 1 } } },
    ])
    .toArray();
  const groups = await Promise.all(keys.map(({ _id }) => rowsOf(db, _id)));
  return groups.flatMap((rows) => rows.slice(1).map((other) => suspect(db, other, clock)));
}

function suspect(db: Db, other: OwnAccount, clock: Clock): Suspect {
  let best: OwnAccount | undefined;
  return {
    finding: {
      kind: "duplicate_account",
      userId: other.userId.toHexString(),
      accountId: other._id.toHexString(),
      detail: `of ${other.platformAccountId}`,
    },
    async stillHolds(session) {
      const [kept, ...others] = await rowsOf(db, other, session);
      best = kept;
      return others.some(({ _id }) => _id.equals(other._id));
    },
    async repair(session) {
      if (best) await keepOneOf(db, best, [other], clock(), session);
    },
  };
}

/** The one to keep first: alive rather than not, then the one whose tokens are the newest. */
async function rowsOf(
  db: Db,
  { userId, platform, platformAccountId }: Key,
  session?: ClientSession,
): Promise<OwnAccount[]> {
  const stored = await foreignAccounts(db).find({ userId, platform, platformAccountId }, { session }).toArray();
  const rank = ["active", "needs_reauth", "revoked"];
  return stored
    .flatMap((row) => ownAccount(row) ?? [])
    .sort(
      (left, right) =>
        rank.indexOf(left.status) - rank.indexOf(right.status) ||
        issuedAt(right).getTime() - issuedAt(left).getTime() ||
        left._id.toHexString().localeCompare(right._id.toHexString()),
    );
}

async function uniqueIndexIsThere(db: Db): Promise<boolean> {
  const [collection] = await db.listCollections({ name: "socialaccounts" }, { nameOnly: true }).toArray();
  if (!collection) return true;
  const indexes = await foreignAccounts(db).indexes();
  return indexes.some(isOneRowPerUser);
}
