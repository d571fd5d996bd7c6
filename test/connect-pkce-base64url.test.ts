import { expect, test } from "vitest";
import { person, told } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack({ TIKTOK_PKCE: "base64url" });

test("a challenge as RFC 7636 has it is new for each connection, and its verifier links", async () => {
  const ada = await person(stack);

  const first = await ada.begin();
  const second = await ada.begin();
  const back = await ada.comeBack(await ada.decide(second, { account: stack.tiktok.addAccount().openId }));

  expect(second.searchParams.get("code_challenge")).toMatch(/^[\w-]{43}$/);
  expect(second.searchParams.get("code_challenge")).not.toBe(first.searchParams.get("code_challenge"));
  expect(second.searchParams.get("code_challenge_method")).toBe("S256");
  expect(told(back).tiktok).toBe("linked");
});
