import type { ClientSession, Db, ObjectId } from "mongodb";
import { type ForeignAccount, foreignAccounts } from "../accounts/foreign-account.ts";
import type { Suspect } from "./finding.ts";
import type { StoredUser } from "./id-ranges.ts";

/** References that lead to no account, or to another user's. The repair removes the reference. */
export async function suspectReferences(db: Db, users: readonly StoredUser[]): Promise<Suspect[]> {
  const references = users.flatMap(({ socialAccounts }) => socialAccounts);
  if (references.length === 0) return [];
  const accounts = await foreignAccounts(db)
    .find({ _id: { $in: references as ObjectId[] } }, { projection: { userId: 1 } })
    .toArray();
  const byId = new Map(accounts.map((account) => [account._id.toHexString(), account]));
  return users.flatMap(({ _id: userId, socialAccounts }) =>
    socialAccounts.flatMap((reference) => {
      // a reference stored as text is not the account's id, so it leads nowhere
      const account = typeof reference === "string" ? undefined : byId.get(String(reference));
      return isWrong(account, userId) ? suspect(db, userId, reference, account) : [];
    }),
  );
}

function suspect(db: Db, userId: ObjectId, reference: unknown, account: ForeignAccount | undefined): Suspect {
  const byUser = { _id: userId, socialAccounts: reference as ObjectId };
  const users = db.collection<{ _id: ObjectId; socialAccounts: ObjectId[] }>("users");
  return {
    finding: {
      kind: account ? "reference_to_foreign_account" : "reference_without_account",
      userId: userId.toHexString(),
      accountId: String(reference),
      ...(account && { detail: `belongs to user ${String(account.userId)}` }),
    },
    async stillHolds(session: ClientSession) {
      if ((await users.findOne(byUser, { projection: { _id: 1 }, session })) === null) return false;
      const found = await foreignAccounts(db).findOne(
        { _id: reference as ObjectId },
        { projection: { userId: 1 }, session },
      );
      return isWrong(found ?? undefined, userId);
    },
    async repair(session: ClientSession) {
      await users.updateOne({ _id: userId }, { $pull: { socialAccounts: reference as ObjectId } }, { session });
    },
  };
}

// an account yet to be adopted may have its user's id as text
const isWrong = (account: ForeignAccount | undefined, userId: ObjectId): boolean =>
  String(account?.userId) !== userId.toHexString();
