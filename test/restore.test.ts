import { ObjectId } from "mongodb";
import { expect, test } from "vitest";
import { linkedAs } from "./support/linked.ts";
import { person } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();
const accounts = stack.db.collection("socialaccounts");
const copies = stack.db.collection("socialaccounts_of_the_old_cluster");

test("a row from a backup older than its last refresh needs its person, unless the newer row is copied over first", async () => {
  const [lost, saved] = [await refreshedSinceTheBackup(), await refreshedSinceTheBackup()];
  await copies.deleteOne({ _id: lost.accountId });

  await copyNewerRows();
  await accounts.updateMany({}, { $set: { nextRefreshAt: new Date(0) } });
  await stack.invoke("token-refresh", {});

  const rowOf = (openId: string) => accounts.findOne({ platformAccountId: openId });
  expect(await rowOf(lost.openId)).toMatchObject({ status: "needs_reauth", statusReason: "invalid_grant" });
  expect(await rowOf(saved.openId)).toMatchObject({ status: "active", tokenVersion: 3 });
});

test("a row that is newer in the restored database stays", async () => {
  const { openId, accountId } = await refreshedSinceTheBackup();
  await accounts.updateOne({ _id: accountId }, { $set: { tokenVersion: 9 } });

  await copyNewerRows();

  expect(await accounts.findOne({ platformAccountId: openId })).toMatchObject({ tokenVersion: 9 });
});

/** Step 3 of docs/operating.md, as mongosh would do it. */
async function copyNewerRows(): Promise<void> {
  for await (const row of copies.find()) {
    const stale = { _id: row._id, tokenVersion: { $lt: row.tokenVersion } };
    if (await accounts.countDocuments(stale)) await accounts.replaceOne(stale, row);
  }
}

/** An account whose pair was refreshed after the backup: the restored row has the spent one, the old cluster's the one that works. */
async function refreshedSinceTheBackup() {
  const { openId } = stack.tiktok.addAccount();
  const { accountId } = await linkedAs(await person(stack), openId);
  const _id = new ObjectId(accountId);
  const backup = await accounts.findOne({ _id });
  await accounts.updateOne({ _id }, { $set: { nextRefreshAt: new Date(0) } });
  await stack.invoke("token-refresh", {});
  const newer = await accounts.findOne({ _id });
  if (!backup || !newer) throw new Error("The account was not stored");
  await copies.insertOne(newer);
  await accounts.replaceOne({ _id }, backup);
  return { openId, accountId: _id };
}
