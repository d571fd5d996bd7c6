import { ObjectId } from "mongodb";
import { expect, test } from "vitest";
import { person } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();
const users = stack.db.collection("users");
const accounts = stack.db.collection("socialaccounts");

test.for([[null], [undefined], [[]]])("a person whose list of accounts is %j is linked", async ([socialAccounts]) => {
  const ada = await person(stack);
  await users.updateOne(
    { _id: ada.userId },
    socialAccounts === undefined ? { $unset: { socialAccounts: 1 } } : { $set: { socialAccounts } },
  );

  const back = await ada.connect({ account: stack.tiktok.addAccount().openId });

  expect(back.searchParams.get("tiktok")).toBe("linked");
  const user = await users.findOne({ _id: ada.userId });
  expect(user?.socialAccounts).toEqual([new ObjectId(back.searchParams.get("account") ?? "")]);
});

test("an account whose metadata is null is linked again and gets its profile", async () => {
  const ada = await person(stack);
  const { openId } = stack.tiktok.addAccount({ displayName: "Kitchen Notes" });
  await ada.connect({ account: openId });
  await accounts.updateOne({ userId: ada.userId }, { $set: { metadata: null } });

  const back = await ada.connect({ account: openId });

  expect(back.searchParams.get("tiktok")).toBe("linked");
  expect(await accounts.findOne({ userId: ada.userId })).toMatchObject({
    tokenVersion: 2,
    metadata: { displayName: "Kitchen Notes" },
  });
});
