import { type ClientSession, type Db, ObjectId } from "mongodb";
import { type ForeignAccount, foreignAccounts, looksSealed } from "../accounts/foreign-account.ts";
import type { Suspect } from "./finding.ts";
import type { StoredUser } from "./id-ranges.ts";

/** References that lead to no account, or to another user's. The repair removes the reference. */
export async function suspectReferences(db: Db, users: readonly StoredUser[]): Promise<Suspect[]> {
  const references = users.flatMap(({ socialAccounts }) => socialAccounts);
  if (references.length === 0) return [];
  const accounts = await foreignAccounts(db)
    .find({ _id: { $in: references.map(idIn) } }, { projection: WHAT_DECIDES })
    .toArray();
  const byId = new Map(accounts.map((account) => [account._id.toHexString(), account]));
  return users.flatMap(({ _id: userId, socialAccounts }) =>
    socialAccounts.flatMap((reference) => {
      const account = byId.get(String(reference));
      return isWrong(reference, account, userId) ? suspect(db, userId, reference, account) : [];
    }),
  );
}

function suspect(db: Db, userId: ObjectId, reference: unknown, account: ForeignAccount | undefined): Suspect {
  const byUser = { _id: userId, socialAccounts: reference as ObjectId };
  const users = db.collection<{ _id: ObjectId; socialAccounts: ObjectId[] }>("users");
  const isForeign = account !== undefined && String(account.userId) !== userId.toHexString();
  return {
    finding: {
      kind: isForeign ? "reference_to_foreign_account" : "reference_without_account",
      userId: userId.toHexString(),
      accountId: String(reference),
      ...(isForeign && { detail: `belongs to user ${String(account.userId)}` }),
    },
    async stillHolds(session: ClientSession) {
      if ((await users.findOne(byUser, { projection: { _id: 1 }, session })) === null) return false;
      const found = await foreignAccounts(db).findOne({ _id: idIn(reference) }, { projection: WHAT_DECIDES, session });
      return isWrong(reference, found ?? undefined, userId);
    },
    async repair(session: ClientSession) {
      await users.updateOne({ _id: userId }, { $pull: { socialAccounts: reference as ObjectId } }, { session });
    },
  };
}

const WHAT_DECIDES = { userId: 1, platform: 1, accessToken: 1 };

const idIn = (reference: unknown): ObjectId =>
  typeof reference === "string" && /^[0-9a-f]{24}$/.test(reference) ? new ObjectId(reference) : (reference as ObjectId);

/** Text is no id: a reference as text leads nowhere, unless it is the app's own way to an account that it has not handed over. */
function isWrong(reference: unknown, account: ForeignAccount | undefined, userId: ObjectId): boolean {
  if (!account) return true;
  const isHandedOver = account.platform === "tiktok" && looksSealed(account.accessToken);
  if (!isHandedOver && (account.userId ?? null) === null) return false; // the reference alone says whose it is
  // an account yet to be adopted may have its user's id as text
  return String(account.userId) !== userId.toHexString() || (typeof reference === "string" && isHandedOver);
}
