import { expect, test } from "vitest";
import { person, told } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();

test("fifty callbacks at once for one account and one person leave one account and one reference", async () => {
  const ada = await person(stack);
  const { openId } = stack.tiktok.addAccount();
  const callbacks: URL[] = [];
  for (let begun = 0; begun < 50; begun += 1) callbacks.push(await ada.consent({ account: openId }));

  const backs = await Promise.all(callbacks.map((callback) => ada.comeBack(callback)));

  const rows = await stack.db.collection("socialaccounts").find({ userId: ada.userId }).toArray();
  const user = await stack.db.collection("users").findOne({ _id: ada.userId });
  expect(rows).toMatchObject([{ platformAccountId: openId, status: "active", tokenVersion: 50 }]);
  expect(user?.socialAccounts).toEqual([rows[0]?._id]);
  expect(backs.map(told)).toEqual(Array(50).fill({ tiktok: "linked", account: String(rows[0]?._id) }));
});

test("fifty people at once are all linked, each to their own account", async () => {
  const people = await Promise.all(Array.from({ length: 50 }, () => person(stack)));
  const callbacks: URL[] = [];
  for (const each of people) callbacks.push(await each.consent({ account: stack.tiktok.addAccount().openId }));

  const backs = await Promise.all(callbacks.map((callback, index) => people[index]?.comeBack(callback)));

  const userIds = people.map(({ userId }) => userId);
  const rows = await stack.db
    .collection("socialaccounts")
    .find({ userId: { $in: userIds } })
    .toArray();
  const accountIds = new Set(backs.map((back) => back && told(back).account));
  expect(backs.map((back) => back && told(back).tiktok)).toEqual(Array(50).fill("linked"));
  expect(new Set(rows.map(({ _id }) => String(_id)))).toEqual(accountIds);
  expect(accountIds.size).toBe(50);
});
