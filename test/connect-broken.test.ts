import { afterEach, expect, test } from "vitest";
import { bothSides } from "./support/collections.ts";
import { person, told } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();
const INTERNAL = { tiktok: "error", code: "internal" };
const SECRET = stack.environment.SECRET_ID ?? "";

afterEach(() => {
  Object.assign(process.env, stack.environment);
  stack.aws.putSecret(SECRET, stack.secret);
});

test("a wrong environment leads back to the app all the same, and a right one is noticed", async () => {
  const ada = await person(stack);
  Object.assign(process.env, { TIKTOK_PKCE: "perhaps", MAX_ACCOUNTS_PER_USER: "none" });

  const broken = await ada.begin({ returnTo: "/settings" });
  const problem = JSON.stringify(stack.logs().at(-1));
  Object.assign(process.env, { TIKTOK_PKCE: "", MAX_ACCOUNTS_PER_USER: "" });
  const mended = await ada.begin();

  expect(broken.pathname + broken.search).toBe("/settings?tiktok=error&code=internal");
  expect(problem).toMatch(/TIKTOK_PKCE.*MAX_ACCOUNTS_PER_USER|MAX_ACCOUNTS_PER_USER.*TIKTOK_PKCE/);
  expect(mended.origin).toBe(stack.tiktok.origin);
});

test("without a secret that can be read it is our own failure, and the state stays to be used", async () => {
  const ada = await person(stack);
  const callback = await ada.consent({ account: stack.tiktok.addAccount().openId });
  const before = await bothSides(stack.db);

  stack.aws.failNext("secretsmanager", "GetSecretValue", "AccessDeniedException");
  const unreachable = await ada.comeBack(callback);
  stack.aws.putSecret(SECRET, "client_secret=hunter2-hunter2");
  const noJson = await ada.comeBack(callback);
  stack.aws.putSecret(SECRET, { ...stack.secret, tokenKeyring: { current: "k2", keys: {} } });
  const incomplete = await ada.comeBack(callback);
  const after = await bothSides(stack.db);
  stack.aws.putSecret(SECRET, stack.secret);
  const mended = await ada.comeBack(callback);

  expect([unreachable, noJson, incomplete].map(told)).toEqual(Array(3).fill(INTERNAL));
  expect(after).toEqual(before);
  expect(told(mended).tiktok).toBe("linked");
  expect(JSON.stringify(stack.logs())).not.toContain("hunter2");
});

test("the service is not healthy without its secret", async () => {
  const ada = await person(stack);
  stack.aws.putSecret(SECRET, "{}");

  const health = await ada.get("health", "/health");

  expect(health).toMatchObject({ statusCode: 503, body: { error: { code: "unavailable" } } });
});
