import { expect, test } from "vitest";
import { FAILURES } from "../lib/connect/outcome-codes.ts";
import { ApiError, connectUrl, disconnect, listAccounts, readResult, withoutResult } from "./client.ts";

test("the connect address carries where to come back to and which account to reconnect", () => {
  expect(connectUrl({ returnTo: "/settings?tab=social#tiktok" })).toBe(
    "/api/tiktok/authorize?returnTo=%2Fsettings%3Ftab%3Dsocial%23tiktok",
  );
  expect(connectUrl({ returnTo: "/", reconnect: "65f0", api: "/backend" })).toBe(
    "/backend/tiktok/authorize?returnTo=%2F&reconnect=65f0",
  );
});

test("without a page to come back to, the person comes back to the start", () => {
  expect(connectUrl()).toBe("/api/tiktok/authorize?returnTo=%2F");
});

test("a linked result names the account, and the one that was expected", () => {
  expect(readResult({ search: "?tab=1&tiktok=linked&account=a1" })).toMatchObject({ kind: "linked", accountId: "a1" });
  expect(readResult({ search: "?tiktok=linked&account=a1&expected=a2" })).toMatchObject({
    accountId: "a1",
    expectedId: "a2",
    message: expect.stringContaining("another TikTok account"),
  });
});

test.each(Object.entries(FAILURES))("%s has its text", (code, { message }) => {
  expect(readResult({ search: `?tiktok=error&code=${code}` })).toEqual({ kind: "failed", code, message });
});

test("a code that nobody knows, an object's own names included, is an internal error", () => {
  for (const code of ["", "toString", "<b>x</b>"])
    expect(readResult({ search: `?tiktok=error&code=${encodeURIComponent(code)}` })).toMatchObject({
      code: "internal",
    });
});

test("an address that tells nothing has no result", () => {
  for (const search of ["", "?account=a1", "?tiktok=linked", "?tiktok=other", "?code=access_denied"])
    expect(readResult({ search })).toBeUndefined();
});

test("the address is cleaned of the result and nothing else", () => {
  const told = new URL("http://x/settings?tab=1&tiktok=error&code=internal#here");
  const own = new URL("http://x/invite?code=own");

  expect(withoutResult(told)).toBe("/settings?tab=1#here");
  expect(withoutResult(own)).toBe("/invite?code=own");
});

test("accounts are asked for where the API lives", async () => {
  const asked: string[] = [];
  const fetch = answering(Response.json({ accounts: [{ id: "a1" }] }), asked);

  const accounts = await listAccounts({ api: "/backend", fetch });

  expect(accounts).toEqual([{ id: "a1" }]);
  expect(asked).toEqual(["GET /backend/accounts"]);
});

test("an id cannot leave its place in the address", async () => {
  const asked: string[] = [];

  await disconnect("../x?y", { fetch: answering(new Response(null, { status: 204 }), asked) });

  expect(asked).toEqual(["DELETE /api/accounts/..%2Fx%3Fy"]);
});

test("a refusal carries the API's code, text and request id", async () => {
  const error = { code: "unauthenticated", message: "Sign in first.", requestId: "r1" };
  const refused = listAccounts({ fetch: answering(Response.json({ error }, { status: 401 })) });

  await expect(refused).rejects.toMatchObject({ ...error, name: "ApiError" });
});

test("no answer, and an answer that is not the API's, are both unreachable", async () => {
  const cut = () => Promise.reject(new TypeError("fetch failed"));
  const proxy = answering(new Response("<h1>Bad gateway</h1>", { status: 502 }));

  for (const fetch of [cut, proxy]) {
    const error = await listAccounts({ fetch }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: "unreachable" });
  }
});

const answering =
  (response: Response, asked: string[] = []): typeof fetch =>
  async (input, init) => {
    asked.push(`${init?.method} ${input}`);
    return response;
  };
