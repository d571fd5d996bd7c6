import { expect, test } from "vitest";
import { person, told } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack({ TIKTOK_PKCE: "hex" });

test("a challenge in hex is what TikTok asks of desktop apps, and its verifier links", async () => {
  stack.tiktok.settings.pkce = "hex";
  const ada = await person(stack);

  const authorize = await ada.begin();
  const back = await ada.comeBack(await ada.decide(authorize, { account: stack.tiktok.addAccount().openId }));

  expect(authorize.searchParams.get("code_challenge")).toMatch(/^[0-9a-f]{64}$/);
  expect(told(back).tiktok).toBe("linked");
});
