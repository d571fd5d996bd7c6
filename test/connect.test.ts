import { expect, test } from "vitest";
import { bothSides } from "./support/collections.ts";
import { person } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();

test("a person who consents comes back linked, with both sides written", async () => {
  const ada = await person(stack);
  const { openId } = stack.tiktok.addAccount({ displayName: "Kitchen Notes" });

  const back = await ada.connect({ account: openId }, { returnTo: "/settings?tab=social#accounts" });

  const { users, socialaccounts } = await bothSides(stack.db);
  expect(back.pathname + back.search + back.hash).toBe(
    `/settings?tab=social&tiktok=linked&account=${socialaccounts[0]?._id}#accounts`,
  );
  expect(socialaccounts).toMatchObject([
    { userId: ada.userId, platform: "tiktok", platformAccountId: openId, status: "active" },
  ]);
  expect(users[0]?.socialAccounts).toEqual([socialaccounts[0]?._id]);
});
