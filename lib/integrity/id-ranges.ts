import { type Db, ObjectId } from "mongodb";
import { type ForeignAccount, foreignAccounts } from "../accounts/foreign-account.ts";

/** A user as the app may have written it. */
export interface StoredUser {
  readonly _id: ObjectId;
  readonly socialAccounts: readonly unknown[];
}

/** The users who reference accounts, and the accounts, whose ids lie in the same range. */
export interface IdRange {
  readonly users: readonly StoredUser[];
  readonly accounts: readonly ForeignAccount[];
  /** The last id of the range: where to go on after a break. */
  readonly through: ObjectId;
}

export const FIRST_ID = new ObjectId("000000000000000000000000");
const BATCH = 500;

/** Walks users and accounts together by id, after `from`: one id tells how far both have come. */
export async function* idRanges(db: Db, from = FIRST_ID, batch = BATCH): AsyncGenerator<IdRange> {
  let position = from;
  while (true) {
    const users = await usersAfter(db, position, batch);
    const accounts = await accountsAfter(db, position, batch);
    const through = endOf([users, accounts], batch);
    if (!through) return;
    const within = ({ _id }: { _id: ObjectId }) => compare(_id, through) <= 0;
    yield { users: users.filter(within), accounts: accounts.filter(within), through };
    position = through;
  }
}

/** A full batch may have more behind it, so the range ends where the first full one does. */
function endOf(batches: readonly (readonly { _id: ObjectId }[])[], size: number): ObjectId | undefined {
  const lastIds = (candidates: typeof batches) => candidates.flatMap((each) => each.at(-1)?._id ?? []).sort(compare);
  return lastIds(batches.filter(({ length }) => length === size))[0] ?? lastIds(batches).at(-1);
}

const compare = (left: ObjectId, right: ObjectId): number =>
  left.toHexString() < right.toHexString() ? -1 : left.equals(right) ? 0 : 1;

async function usersAfter(db: Db, position: ObjectId, limit: number): Promise<StoredUser[]> {
  return db
    .collection<StoredUser>("users")
    .find(
      { _id: { $gt: position }, "socialAccounts.0": { $exists: true } },
      { projection: { socialAccounts: 1 }, sort: { _id: 1 }, limit },
    )
    .toArray();
}

export const accountsAfter = (db: Db, position: ObjectId, limit: number): Promise<ForeignAccount[]> =>
  foreignAccounts(db)
    .find({ _id: { $gt: position } }, { sort: { _id: 1 }, limit })
    .toArray();
