import { afterEach, beforeAll, expect, test } from "vitest";
import { httpEvent } from "../dev/lambda/payload.ts";
import { bothSides } from "./support/collections.ts";
import { person, told } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();
const INTERNAL = { tiktok: "error", code: "internal" };
const SECRET = stack.environment.SECRET_ID ?? "";

const WRONG = {
  TIKTOK_PKCE: "perhaps",
  TIKTOK_AUTHORIZE_URL: "www.tiktok.com",
  TIKTOK_API_ORIGIN: "https://tiktok.example/v2",
  ACCOUNT_OWNERSHIP: "mine",
  MAX_ACCOUNTS_PER_USER: "none",
  REFRESH_CONCURRENCY: "0",
  RESCUE_QUEUE_URL: "rescue",
  POSTS_QUEUE_URL: "posts",
  ALLOWED_ORIGINS: "https://a.example/path,b",
};

// every answer is held to the document that is served, which needs a right environment too
beforeAll(async () => {
  await stack.http("openapi", httpEvent({ path: "/openapi.json" }));
});

afterEach(() => {
  for (const name of Object.keys(WRONG)) delete process.env[name];
  Object.assign(process.env, stack.environment);
  stack.aws.putSecret(SECRET, stack.secret);
});

test("everything that is wrong with the environment is in one line of the log", async () => {
  const ada = await person(stack);
  const wrong = Object.keys(WRONG);
  Object.assign(process.env, WRONG);

  const back = await ada.begin();
  const problem = JSON.stringify(stack.logs().findLast(({ level }) => level === "ERROR"));

  expect(told(back)).toEqual(INTERNAL);
  expect(wrong.filter((name) => !problem.includes(`at ${name}`))).toEqual([]);
});

test("a wrong environment leads back to the app all the same, and a right one is noticed", async () => {
  const ada = await person(stack);
  Object.assign(process.env, { TIKTOK_PKCE: "perhaps", MAX_ACCOUNTS_PER_USER: "none" });

  const broken = await ada.begin({ returnTo: "/settings" });
  const problem = JSON.stringify(stack.logs().findLast(({ level }) => level === "ERROR"));
  Object.assign(process.env, { TIKTOK_PKCE: "", MAX_ACCOUNTS_PER_USER: "" });
  const mended = await ada.begin();

  expect(broken.pathname + broken.search).toBe("/settings?tiktok=error&code=internal");
  expect(problem).toMatch(/TIKTOK_PKCE.*MAX_ACCOUNTS_PER_USER|MAX_ACCOUNTS_PER_USER.*TIKTOK_PKCE/);
  expect(mended.origin).toBe(stack.tiktok.origin);
});

test("the service is not healthy in a wrong environment", async () => {
  const ada = await person(stack);
  process.env.TIKTOK_PKCE = "perhaps";

  const health = await ada.get("health", "/health");

  expect(health).toMatchObject({ statusCode: 503, body: { error: { code: "unavailable" } } });
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
