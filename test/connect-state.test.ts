import { expect, test } from "vitest";
import { bothSides } from "./support/collections.ts";
import { type Person, person, told } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();
const INVALID = { tiktok: "error", code: "state_invalid" };
const COOKIE = "__Host-connect";

test("only hashes of the state and of the browser's cookie are stored", async () => {
  const ada = await person(stack);

  const authorize = await ada.begin();

  const [stored] = await stack.db.collection("oauthstates").find({ userId: ada.userId }).toArray();
  expect(JSON.stringify(stored)).not.toContain(authorize.searchParams.get("state"));
  expect(JSON.stringify(stored)).not.toContain(ada.cookies.get(COOKIE));
});

test("TikTok is told to ask even those who allowed it before", async () => {
  const authorize = await (await person(stack)).begin();

  expect(authorize.searchParams.get("disable_auto_auth")).toBe("1");
});

test.each([
  ["no state", { state: undefined }],
  ["an unknown state", { state: "A".repeat(43) }],
  ["a state of another shape", { state: "$ne" }],
  ["neither code nor error", { code: undefined }],
  ["an empty code", { code: "" }],
  ["a code longer than any", { code: "x".repeat(2049) }],
  ["an error without state", { code: undefined, state: undefined, error: "access_denied" }],
  ["an empty error", { code: undefined, error: "" }],
])("%s is refused, changes nothing and leaves the state to be used", async (_, changes) => {
  const ada = await person(stack);
  const callback = await ada.consent({ account: stack.tiktok.addAccount().openId });
  const before = await bothSides(stack.db);

  const back = await ada.comeBack(changed(callback, changes));

  expect(told(back)).toEqual(INVALID);
  expect(await bothSides(stack.db)).toEqual(before);
  expect(told(await ada.comeBack(callback)).tiktok).toBe("linked");
});

test.each(["code", "state", "error"])("%s given twice is refused and leaves the state to be used", async (name) => {
  const ada = await person(stack);
  const callback = await ada.consent({ account: stack.tiktok.addAccount().openId });
  const doubled = new URL(callback);
  for (const value of ["a", "b"]) doubled.searchParams.append(name, value);

  const back = await ada.comeBack(doubled);

  expect(told(back)).toEqual(INVALID);
  expect(told(await ada.comeBack(callback)).tiktok).toBe("linked");
});

test("a malformed answer is shown on the page the connection was started from, but only to that browser", async () => {
  const [ada, mallory] = [await person(stack), await person(stack)];
  const callback = await ada.consent({ cancel: true }, { returnTo: "/settings" });
  const malformed = changed(callback, { error: undefined });
  await mallory.begin();

  const backs = [await ada.comeBack(malformed), await mallory.comeBack(malformed)];

  expect(backs.map(({ pathname }) => pathname)).toEqual(["/settings", "/"]);
});

test.each(["with a cookie of its own", "without a cookie", "with a malformed cookie"])(
  "a foreign browser %s is refused, learns no page, and the right one still finishes",
  async (kind) => {
    const [ada, mallory] = [await person(stack), await person(stack)];
    const callback = await ada.consent({ account: stack.tiktok.addAccount().openId }, { returnTo: "/settings" });
    if (kind === "with a cookie of its own") await mallory.begin();
    if (kind === "with a malformed cookie") mallory.cookies.set(COOKIE, '{"$ne":1}');
    const before = await bothSides(stack.db);

    const back = await mallory.comeBack(callback);

    expect(back.pathname + back.search).toBe("/?tiktok=error&code=state_invalid");
    expect(await bothSides(stack.db)).toEqual(before);
    expect(told(await ada.comeBack(callback)).tiktok).toBe("linked");
  },
);

test("another code after the state was used is refused, and the first outcome still told", async () => {
  const ada = await person(stack);
  const callback = await ada.consent({ account: stack.tiktok.addAccount().openId });
  const linked = await ada.comeBack(callback);
  const before = await bothSides(stack.db);

  const back = await ada.comeBack(changed(callback, { code: "another" }));

  expect(told(back)).toEqual(INVALID);
  expect(await bothSides(stack.db)).toEqual(before);
  expect((await ada.comeBack(callback)).href).toBe(linked.href);
});

test("the right browser after 10 minutes is told that it took too long, on the page it came from", async () => {
  const ada = await person(stack);
  const callback = await ada.consent({ account: stack.tiktok.addAccount().openId }, { returnTo: "/settings" });
  await age(ada, { createdAt: minutesAgo(10) });
  const before = await bothSides(stack.db);

  const back = await ada.comeBack(callback);

  expect(back.pathname).toBe("/settings");
  expect(told(back)).toEqual({ tiktok: "error", code: "state_expired" });
  expect(await bothSides(stack.db)).toEqual(before);
  expect(exchangesOf(callback)).toBe(0);
});

test("a foreign browser after 10 minutes is told nothing about it", async () => {
  const [ada, mallory] = [await person(stack), await person(stack)];
  const callback = await ada.consent({ account: stack.tiktok.addAccount().openId });
  await age(ada, { createdAt: minutesAgo(11) });
  await mallory.begin();

  expect(told(await mallory.comeBack(callback))).toEqual(INVALID);
});

test("nine minutes at TikTok are not too long", async () => {
  const ada = await person(stack);
  const callback = await ada.consent({ account: stack.tiktok.addAccount().openId });
  await age(ada, { createdAt: minutesAgo(9) });

  expect(told(await ada.comeBack(callback)).tiktok).toBe("linked");
});

test("the same callback again hears the same, also much later, and nothing else happens", async () => {
  const ada = await person(stack);
  const callback = await ada.consent({ account: stack.tiktok.addAccount().openId }, { returnTo: "/settings#top" });
  const first = await ada.comeBack(callback);
  const before = await bothSides(stack.db);

  const again = await ada.comeBack(callback);
  await age(ada, { createdAt: minutesAgo(40), claimedAt: minutesAgo(35) });
  const later = await ada.comeBack(callback);

  expect([again.href, later.href]).toEqual([first.href, first.href]);
  expect(await bothSides(stack.db)).toEqual(before);
  expect(exchangesOf(callback)).toBe(1);
});

test("the same callback while the first is at work waits for it and hears the same", async () => {
  const ada = await person(stack);
  const callback = await ada.consent({ account: stack.tiktok.addAccount().openId });
  stack.tiktok.fault("token:authorization_code", { delayMs: 400 });

  const backs = await Promise.all([ada.comeBack(callback), ada.comeBack(callback), ada.comeBack(callback)]);

  expect(new Set(backs.map(String)).size).toBe(1);
  expect(told(backs[0] ?? callback).tiktok).toBe("linked");
  expect(exchangesOf(callback)).toBe(1);
});

test("a callback that was claimed over 30 s ago and never ended is told so", async () => {
  const ada = await person(stack);
  const callback = await ada.consent({ account: stack.tiktok.addAccount().openId });
  await ada.comeBack(callback);
  await stack.db
    .collection("oauthstates")
    .updateOne({ userId: ada.userId }, { $unset: { outcome: 1 }, $set: { claimedAt: new Date(Date.now() - 31_000) } });

  expect(told(await ada.comeBack(callback))).toEqual({ tiktok: "error", code: "internal" });
});

test("a cancelled connection that is repeated is still cancelled, and no code can follow", async () => {
  const ada = await person(stack);
  const cancelled = await ada.consent({ cancel: true });

  const backs = [await ada.comeBack(cancelled), await ada.comeBack(cancelled)];
  const withCode = await ada.comeBack(changed(cancelled, { error: undefined, code: "late" }));

  expect(backs.map(told)).toEqual(Array(2).fill({ tiktok: "error", code: "access_denied" }));
  expect(told(withCode)).toEqual(INVALID);
});

test("a browser's cookie serves all its connections and is never cleared", async () => {
  const ada = await person(stack);
  await ada.begin();
  const cookie = ada.cookies.get(COOKIE);

  await ada.connect({ cancel: true });

  expect(cookie).toMatch(/^[\w-]{43}$/);
  expect(ada.cookies.get(COOKIE)).toBe(cookie);
});

function changed(callback: URL, parameters: Record<string, string | undefined>): URL {
  const url = new URL(callback);
  for (const [name, value] of Object.entries(parameters))
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  return url;
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000 - 1_000);

const age = ({ userId }: Person, times: Record<string, Date>) =>
  stack.db.collection("oauthstates").updateMany({ userId }, { $set: times });

const exchangesOf = (callback: URL): number =>
  stack.tiktok.calls.filter(({ form }) => form?.get("code") === callback.searchParams.get("code")).length;
