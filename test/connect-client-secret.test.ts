import { expect, test } from "vitest";
import { person, told } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();
const exchangesSince = (from: number) =>
  stack.tiktok.calls.slice(from).filter(({ endpoint }) => endpoint === "token:authorization_code").length;

test("a client secret that was rotated is fetched once more, and the person is linked", async () => {
  const ada = await person(stack);
  await ada.connect({ account: stack.tiktok.addAccount().openId });
  const reads = stack.aws.secretReads;
  const tiktok = { ...stack.secret.tiktok, clientSecret: stack.tiktok.rotateSecret() };
  stack.aws.putSecret(stack.environment.SECRET_ID ?? "", { ...stack.secret, tiktok });
  const callsBefore = stack.tiktok.calls.length;

  const back = await ada.connect({ account: stack.tiktok.addAccount().openId });

  expect(told(back).tiktok).toBe("linked");
  expect(stack.aws.secretReads - reads).toBe(1);
  expect(exchangesSince(callsBefore)).toBe(2);
});

test("a client secret that only TikTok rotated is a refusal after one more try", async () => {
  const ada = await person(stack);
  await ada.connect({ account: stack.tiktok.addAccount().openId });
  const reads = stack.aws.secretReads;
  stack.tiktok.rotateSecret();
  const callsBefore = stack.tiktok.calls.length;

  const back = await ada.connect({ account: stack.tiktok.addAccount().openId });

  expect(told(back)).toEqual({ tiktok: "error", code: "tiktok_refused" });
  expect(stack.aws.secretReads - reads).toBe(1);
  expect(exchangesSince(callsBefore)).toBe(2);
});
