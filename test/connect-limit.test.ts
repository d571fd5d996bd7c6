import { expect, test } from "vitest";
import { bothSides } from "./support/collections.ts";
import { person, told } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack({ MAX_ACCOUNTS_PER_USER: "2" });
const LIMIT = { tiktok: "error", code: "account_limit" };

test("one account more than the app allows is refused, and TikTok forgets the app for it again", async () => {
  const ada = await person(stack);
  for (const _ of [1, 2]) await ada.connect({ account: stack.tiktok.addAccount().openId });
  const { openId } = stack.tiktok.addAccount();
  const before = await bothSides(stack.db);

  const back = await ada.connect({ account: openId });

  expect(told(back)).toEqual(LIMIT);
  expect(await bothSides(stack.db)).toEqual(before);
  expect(stack.tiktok.authorized(openId)).toBe(false);
});

test("at the limit an account that is linked already can be connected again", async () => {
  const ada = await person(stack);
  const { openId } = stack.tiktok.addAccount();
  await ada.connect({ account: openId });
  await ada.connect({ account: stack.tiktok.addAccount().openId });

  expect(told(await ada.connect({ account: openId })).tiktok).toBe("linked");
});

test("of five different accounts connected at once by one person exactly two are linked", async () => {
  const ada = await person(stack);
  const callbacks: URL[] = [];
  for (const _ of Array(5)) callbacks.push(await ada.consent({ account: stack.tiktok.addAccount().openId }));

  const backs = await Promise.all(callbacks.map((callback) => ada.comeBack(callback)));

  const rows = await stack.db.collection("socialaccounts").find({ userId: ada.userId }).sort({ _id: 1 }).toArray();
  const user = await stack.db.collection("users").findOne({ _id: ada.userId });
  const linked = backs.map(told).filter(({ tiktok }) => tiktok === "linked");
  expect(rows).toHaveLength(2);
  expect(user?.socialAccounts.map(String).toSorted()).toEqual(rows.map(({ _id }) => String(_id)));
  expect(linked.map(({ account }) => account).toSorted()).toEqual(rows.map(({ _id }) => String(_id)));
  expect(backs.map(told).filter(({ code }) => code === "account_limit")).toHaveLength(3);
});
