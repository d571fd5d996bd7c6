import { createHash, createHmac } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FakeTikTok, startFakeTikTok } from "../dev/fake-tiktok/fake-tiktok.ts";

const CALLBACK = "https://api.example.test/tiktok/callback";
const STATE = "a-state-nobody-can-guess-0123456789";

let now: Date;
let tiktok: FakeTikTok;

beforeEach(async () => {
  now = new Date("2026-11-23T10:00:00Z");
  tiktok = await startFakeTikTok({ redirectUris: [CALLBACK], clock: () => now });
});

afterEach(() => tiktok.stop());

test("consent comes back as TikTok writes it: an encoded code, the granted scopes and the state", async () => {
  const { openId } = tiktok.addAccount();

  const callback = await tiktok.consent(authorizeUrl(), { account: openId, scopes: ["user.info.basic"] });

  expect(callback.href).toMatch(/^https:\/\/api\.example\.test\/tiktok\/callback\?code=[\w-]+%2A1%21\d{4}\.va&/);
  expect(callback.searchParams.get("scopes")).toBe("user.info.basic");
  expect(callback.searchParams.get("state")).toBe(STATE);
});

test("a cancel and an account that may not sign in come back as errors with the state", async () => {
  const cancelled = await tiktok.consent(authorizeUrl(), { cancel: true });
  const unwelcome = await tiktok.consent(authorizeUrl(), { error: "access_denied", errorType: "non_sandbox_target" });

  expect(Object.fromEntries(cancelled.searchParams)).toMatchObject({ error: "access_denied", state: STATE });
  expect(Object.fromEntries(unwelcome.searchParams)).toMatchObject({ error_type: "non_sandbox_target", state: STATE });
});

test.each([
  ["client_key", { client_key: "another" }],
  ["redirect_uri", { redirect_uri: `${CALLBACK}/` }],
  ["scope", { scope: "user.info.basic video.publish" }],
  ["scope", { scope: "user.info.basic,shop.everything" }],
  ["code_challenge", { code_challenge: "short", code_challenge_method: "S256" }],
])("a wrong %s ends on TikTok's own page and calls nobody back", async (parameter, change) => {
  const { openId } = tiktok.addAccount();

  const page = await tiktok.consent(authorizeUrl(change), { account: openId });

  expect(page.origin).toBe(tiktok.origin);
  expect(page.searchParams.get("error_type")).toBe(parameter);
});

test("without disable_auto_auth the account of last time is taken, whoever was meant", async () => {
  const first = tiktok.addAccount();
  const second = tiktok.addAccount();
  await tiktok.consent(authorizeUrl(), { account: first.openId });

  const silently = await tiktok.consent(authorizeUrl({ disable_auto_auth: "0" }), { account: second.openId });
  const asked = await tiktok.consent(authorizeUrl(), { account: second.openId });

  expect((await exchange(silently)).open_id).toBe(first.openId);
  expect((await exchange(asked)).open_id).toBe(second.openId);
});

test("a code is exchanged once, decoded, within minutes and with the same redirect URI", async () => {
  const { openId } = tiktok.addAccount();
  const callback = () => tiktok.consent(authorizeUrl(), { account: openId });
  const used = await callback();
  await exchange(used);
  const late = await callback();
  now = new Date(now.getTime() + 301_000);

  expect(await exchange(used)).toMatchObject({ error: "invalid_grant" });
  expect(await exchange(late)).toMatchObject({ error: "invalid_grant" });
  expect(await exchange(await callback(), { redirect_uri: `${CALLBACK}/` })).toMatchObject({
    error: "invalid_request",
  });
  const encoded = encodeURIComponent((await callback()).searchParams.get("code") ?? "");
  expect(await exchange(await callback(), { code: encoded.replace("*", "%2A") })).toMatchObject({
    error: "invalid_grant",
  });
});

test("the token endpoint takes forms from this app only, at the path with the slash", async () => {
  const grant = { grant_type: "refresh_token", refresh_token: "any" };
  const asJson = await fetch(`${tiktok.origin}/v2/oauth/token/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...credentials(), ...grant }),
  });
  const withoutSlash = await fetch(`${tiktok.origin}/v2/oauth/token`, { method: "POST", body: form(grant) });
  const oldSecret = tiktok.app.clientSecret;
  tiktok.rotateSecret();

  expect([asJson.status, await asJson.json()]).toMatchObject([200, { error: "invalid_request" }]);
  expect([withoutSlash.status, await withoutSlash.text()]).toEqual([404, "Unsupported path(Janus)"]);
  expect(await post("token", { ...grant, client_secret: oldSecret })).toMatchObject({ error: "invalid_client" });
  expect(await post("token", { ...grant, client_key: "" })).toMatchObject({ error: "invalid_request" });
});

test("a refresh spends the refresh token and counts", async () => {
  const { openId } = tiktok.addAccount();
  const first = tiktok.grant(openId);

  const second = await refresh(first.refreshToken);

  expect(second).toMatchObject({ open_id: openId, expires_in: 7200, refresh_expires_in: 15_552_000 });
  expect(await refresh(first.refreshToken)).toMatchObject({ error: "invalid_grant" });
  expect(tiktok.isWorkingRefreshToken(second.refresh_token)).toBe(true);
  expect(tiktok.rotations(openId)).toBe(1);
});

test("tokens expire by the given clock, in either regime", async () => {
  const { openId } = tiktok.addAccount();
  const short = tiktok.grant(openId);
  tiktok.regime("24h");
  const long = tiktok.grant(openId);

  now = new Date(now.getTime() + 7_200_000);

  expect([short, long].map(({ accessToken }) => tiktok.isWorkingAccessToken(accessToken))).toEqual([false, true]);
  expect((await refresh(long.refreshToken)).expires_in).toBe(86_400);
});

test("revoking with one access token ends the account's whole authorization and says nothing", async () => {
  const { openId } = tiktok.addAccount();
  const [one, other] = [tiktok.grant(openId), tiktok.grant(openId)];

  const answer = await fetch(`${tiktok.origin}/v2/oauth/revoke/`, {
    method: "POST",
    body: form({ token: one.accessToken }),
  });

  expect([answer.status, await answer.text()]).toEqual([200, ""]);
  expect(tiktok.authorized(openId)).toBe(false);
  expect(await refresh(other.refreshToken)).toMatchObject({ error: "invalid_grant" });
  expect(await post("revoke", { token: one.accessToken })).toMatchObject({ error: "invalid_grant" });
});

test("one field outside the granted scopes fails the whole profile", async () => {
  const { accessToken } = tiktok.grant(tiktok.addAccount({ displayName: "Kitchen Notes" }).openId);

  expect(await userInfo("open_id,display_name", accessToken)).toMatchObject([
    200,
    { data: { user: { display_name: "Kitchen Notes" } }, error: { code: "ok" } },
  ]);
  expect(await userInfo("open_id,username", accessToken)).toMatchObject([
    401,
    { error: { code: "scope_not_authorized" } },
  ]);
  expect(await userInfo("", accessToken)).toMatchObject([400, { error: { code: "invalid_params" } }]);
  expect(await userInfo("open_id", "act.other")).toMatchObject([401, { error: { code: "access_token_invalid" } }]);
});

test.each(["hex", "base64url"] as const)("a %s challenge must be proved by its verifier", async (encoding) => {
  const { openId } = tiktok.addAccount();
  const verifier = "v".repeat(43);
  const challenge = createHash("sha256").update(verifier).digest(encoding);
  const url = authorizeUrl({ code_challenge: challenge, code_challenge_method: "S256" });

  const unproved = await exchange(await tiktok.consent(url, { account: openId }));
  const proved = await exchange(await tiktok.consent(url, { account: openId }), { code_verifier: verifier });

  expect(unproved).toMatchObject({ error: "invalid_request" });
  expect(proved).toMatchObject({ open_id: openId });
});

test("a connection cut before acting changes nothing, one cut after acting has rotated", async () => {
  const { openId } = tiktok.addAccount();
  const { refreshToken } = tiktok.grant(openId);
  tiktok.fault("token:refresh_token", { drop: "before" });
  tiktok.fault("token", { drop: "after" }, { openId });

  await expect(refresh(refreshToken)).rejects.toThrow("fetch failed");
  const untouched = tiktok.isWorkingRefreshToken(refreshToken);
  await expect(refresh(refreshToken)).rejects.toThrow("fetch failed");

  expect(untouched).toBe(true);
  expect(await refresh(refreshToken)).toMatchObject({ error: "invalid_grant" });
  expect(tiktok.calls.map(({ outcome }) => outcome)).toEqual(["not reached", "ok", "invalid_grant"]);
});

test("a scripted answer comes instead of acting, or after it", async () => {
  const { openId } = tiktok.addAccount();
  const { refreshToken } = tiktok.grant(openId);
  tiktok.fault("token", { status: 429, headers: { "retry-after": "7" } }, { openId: "somebody else" });
  tiktok.fault("token", { body: { error: "server_error" } });
  tiktok.fault("token", { status: 502, body: "<html>", when: "after" });

  const instead = await refresh(refreshToken);
  const afterwards = await fetch(`${tiktok.origin}/v2/oauth/token/`, {
    method: "POST",
    body: refreshForm(refreshToken),
  });

  expect(instead).toEqual({ error: "server_error" });
  expect([afterwards.status, tiktok.rotations(openId)]).toEqual([502, 1]);
});

test("webhooks are signed over time and raw body with the client secret", () => {
  const { headers, body } = tiktok.webhook({ event: "authorization.removed", openId: "o", content: { reason: 1 } });

  const t = now.getTime() / 1000;
  const s = createHmac("sha256", tiktok.app.clientSecret).update(`${t}.${body}`).digest("hex");
  expect(headers["tiktok-signature"]).toBe(`t=${t},s=${s}`);
  expect(JSON.parse(body)).toMatchObject({ user_openid: "o", create_time: t, content: '{"reason":1}' });
});

test("every secret that was issued or seen is known for leak checks", async () => {
  const callback = await tiktok.consent(authorizeUrl(), { account: tiktok.addAccount().openId });
  const tokens = await exchange(callback, { code_verifier: "w".repeat(43) });

  const secrets = [STATE, callback.searchParams.get("code"), tokens.access_token, tokens.refresh_token, "w".repeat(43)];
  expect(secrets.filter((secret) => !tiktok.issued.has(secret))).toEqual([]);
  expect(tiktok.issued.has(tiktok.app.clientSecret)).toBe(true);
});

const credentials = () => ({ client_key: tiktok.app.clientKey, client_secret: tiktok.app.clientSecret });

const form = (fields: Record<string, string>) => new URLSearchParams({ ...credentials(), ...fields });

function authorizeUrl(change: Record<string, string> = {}): URL {
  const url = new URL(tiktok.authorizeUrl);
  const asked = { response_type: "code", scope: "user.info.basic,video.publish", state: STATE, disable_auto_auth: "1" };
  const query = { client_key: tiktok.app.clientKey, redirect_uri: CALLBACK, ...asked, ...change };
  url.search = new URLSearchParams(query).toString();
  return url;
}

async function post(endpoint: "token" | "revoke", fields: Record<string, string>) {
  const answer = await fetch(`${tiktok.origin}/v2/oauth/${endpoint}/`, { method: "POST", body: form(fields) });
  return JSON.parse(await answer.text());
}

function exchange(callback: URL, change: Record<string, string> = {}) {
  const code = callback.searchParams.get("code") ?? "";
  return post("token", { grant_type: "authorization_code", code, redirect_uri: CALLBACK, ...change });
}

const refreshForm = (token: string) => form({ grant_type: "refresh_token", refresh_token: token });

const refresh = (token: string) => post("token", { grant_type: "refresh_token", refresh_token: token });

async function userInfo(fields: string, accessToken: string) {
  const url = `${tiktok.origin}/v2/user/info/?fields=${fields}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${accessToken}` } });
  return [answer.status, await answer.json()];
}
