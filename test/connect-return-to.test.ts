import { beforeAll, expect, test } from "vitest";
import { browserOf, type Person, person, told } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();
const app = "https://app.example.com";
let ada: Person;

beforeAll(async () => {
  ada = await person(stack);
});

test.each([
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "\t//evil.example",
  " //evil.example",
  "https://evil.example/",
  "https:evil.example",
  "HTTPS://app.example.com.evil.example/",
  "javascript:alert(1)",
  "data:text/html,x",
  "evil.example",
  "@evil.example",
  "/../..//evil.example",
  "/.//evil.example",
  "/%2e%2e//evil.example",
  "/settings/..//evil.example",
  "/settings\u0000",
  "/settings\u0085",
  "/settings\\..\\evil",
  `/${"a".repeat(2_100)}`,
  "",
])("returnTo %j leads to the app's front page", async (returnTo) => {
  const back = await ada.connect({ cancel: true }, { returnTo });

  expect(back.href).toBe(`${app}/?tiktok=error&code=access_denied`);
});

test.each([
  ["/%2f%2fevil.example", "/%2f%2fevil.example?tiktok=error&code=access_denied"],
  ["/%5cevil.example", "/%5cevil.example?tiktok=error&code=access_denied"],
  ["/@evil.example", "/@evil.example?tiktok=error&code=access_denied"],
  ["/für/dich", "/f%C3%BCr/dich?tiktok=error&code=access_denied"],
  ["/a/../b", "/b?tiktok=error&code=access_denied"],
  ["/settings?tab=a&tab=b#top", "/settings?tab=a&tab=b&tiktok=error&code=access_denied#top"],
  ["/s?next=https://evil.example", "/s?next=https%3A%2F%2Fevil.example&tiktok=error&code=access_denied"],
  ["/s?#", "/s?tiktok=error&code=access_denied"],
])("returnTo %j stays in the app, on its own path", async (returnTo, expected) => {
  const back = await ada.connect({ cancel: true }, { returnTo });

  expect(back.origin).toBe(app);
  expect(back.href.slice(app.length)).toBe(expected);
});

test("a page with a long query of its own is come back to", async () => {
  const query = `q=${"a".repeat(2_000)}`;

  const back = await ada.connect({ cancel: true }, { returnTo: `/search?${query}` });

  expect(back.href).toBe(`${app}/search?${query}&tiktok=error&code=access_denied`);
});

test("what an earlier attempt left in the page's address does not mix with how this one ended", async () => {
  const returnTo = "/settings?tab=social&tiktok=error&code=access_denied&expected=0123";

  const back = await ada.connect({ account: stack.tiktok.addAccount().openId }, { returnTo });

  expect(told(back)).toEqual({ tab: "social", tiktok: "linked", account: expect.stringMatching(/^[0-9a-f]{24}$/) });
});

test("a parameter of the page's own that is merely called code or account is kept", async () => {
  const back = await ada.connect({ cancel: true }, { returnTo: "/settings?account=main" });

  expect(told(back)).toEqual({ account: "main", tiktok: "error", code: "access_denied" });
});

test("returnTo given twice leads to the app's front page", async () => {
  const nobody = browserOf(stack, ada.userId);

  const back = await nobody.open("authorize-redirect", "/tiktok/authorize", "returnTo=/a&returnTo=/b");

  expect(back.href).toBe(`${app}/?tiktok=error&code=session_missing`);
});

test("a failure at the start leads to the page it was started from", async () => {
  const nobody = browserOf(stack, ada.userId);

  const back = await nobody.begin({ returnTo: "/settings?tab=social#top" });

  expect(back.href).toBe(`${app}/settings?tab=social&tiktok=error&code=session_missing#top`);
});
