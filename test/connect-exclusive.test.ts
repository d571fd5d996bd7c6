import type { ObjectId } from "mongodb";
import { expect, test } from "vitest";
import { bothSides } from "./support/collections.ts";
import { type Person, person, told } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack({ ACCOUNT_OWNERSHIP: "exclusive" });
const collection = (name: string) => stack.db.collection(name);
const rowsOf = (platformAccountId: string) => collection("socialaccounts").find({ platformAccountId }).toArray();
const referencesOf = async (_id: ObjectId) => (await collection("users").findOne({ _id }))?.socialAccounts;

test("an account that is somebody else's is refused, and theirs stays as it was", async () => {
  const { bob, openId } = await linkedTo();
  const ada = await person(stack);
  const before = await bothSides(stack.db);

  const back = await ada.connect({ account: openId });

  expect(told(back)).toEqual({ tiktok: "error", code: "account_already_linked" });
  expect(await bothSides(stack.db)).toEqual(before);
  expect(stack.tiktok.authorized(openId)).toBe(true);
  expect(told(await bob.connect({ account: openId })).tiktok).toBe("linked");
});

test("an account that waits for its owner to reconnect is still theirs", async () => {
  const { openId } = await linkedTo();
  await collection("socialaccounts").updateOne({ platformAccountId: openId }, { $set: { status: "needs_reauth" } });
  const ada = await person(stack);

  const back = await ada.connect({ account: openId });

  expect(told(back)).toEqual({ tiktok: "error", code: "account_already_linked" });
});

test("an account revoked at TikTok may be taken over: the former owner's side goes with it", async () => {
  const { bob, openId } = await linkedTo();
  await collection("socialaccounts").updateOne({ platformAccountId: openId }, { $set: { status: "revoked" } });
  const ada = await person(stack);

  const back = await ada.connect({ account: openId });

  const rows = await rowsOf(openId);
  expect(told(back)).toEqual({ tiktok: "linked", account: String(rows[0]?._id) });
  expect(rows).toMatchObject([{ userId: ada.userId, status: "active", tokenVersion: 1 }]);
  expect(await referencesOf(bob.userId)).toEqual([]);
  expect(await referencesOf(ada.userId)).toEqual([rows[0]?._id]);
  expect(await collection("auditevents").find({ userId: bob.userId }).sort({ sequence: 1 }).toArray()).toMatchObject([
    { type: "SocialAccountLinked", sequence: 1 },
    { type: "SocialAccountUnlinked", sequence: 2, reason: "taken_over" },
  ]);
});

test("an account whose user is gone may be taken over", async () => {
  const { bob, openId } = await linkedTo();
  await collection("users").deleteOne({ _id: bob.userId });
  const ada = await person(stack);

  const back = await ada.connect({ account: openId });

  expect(told(back).tiktok).toBe("linked");
  expect(await rowsOf(openId)).toMatchObject([{ userId: ada.userId }]);
});

test("of ten people who connect the same account at once exactly one has it", async () => {
  const { openId } = stack.tiktok.addAccount();
  const people = await Promise.all(Array.from({ length: 10 }, () => person(stack)));
  const callbacks: URL[] = [];
  for (const each of people) callbacks.push(await each.consent({ account: openId }));

  const backs = await Promise.all(people.map((each, index) => each.comeBack(callbacks[index] ?? new URL("x:"))));

  const outcomes = backs.map(told).map(({ tiktok, code }) => code ?? tiktok);
  expect(outcomes.toSorted()).toEqual([...Array(9).fill("account_already_linked"), "linked"]);
  const winner = people[outcomes.indexOf("linked")];
  const rows = await rowsOf(openId);
  expect(rows).toMatchObject([{ userId: winner?.userId }]);
  const referencing = await collection("users")
    .find({ socialAccounts: { $ne: [], $exists: true } })
    .toArray();
  expect(
    referencing.filter(({ socialAccounts }) => socialAccounts.some((id: ObjectId) => id.equals(rows[0]?._id))),
  ).toHaveLength(1);
});

test("accounts that several people left from when sharing was allowed are all taken over, each with its event", async () => {
  const { openId } = await linkedTo();
  await collection("socialaccounts").updateOne({ platformAccountId: openId }, { $set: { status: "revoked" } });
  await collection("socialaccounts").dropIndex("platform_1_platformAccountId_1");
  const [{ _id, ...row } = {}] = await rowsOf(openId);
  await collection("socialaccounts").insertOne({ ...row, userId: (await person(stack)).userId });
  const ada = await person(stack);

  await ada.connect({ account: openId });

  const unlinked = { type: "SocialAccountUnlinked", reason: "taken_over", platformAccountId: openId };
  expect(await rowsOf(openId)).toMatchObject([{ userId: ada.userId }]);
  expect(await collection("auditevents").countDocuments(unlinked)).toBe(2);
});

async function linkedTo(): Promise<{ bob: Person; openId: string }> {
  const bob = await person(stack);
  const { openId } = stack.tiktok.addAccount();
  await bob.connect({ account: openId });
  return { bob, openId };
}
