import { expect, test } from "vitest";
import { NOW, tiktokAndApp } from "../../test/support/tiktok-app.ts";
import { exchangeCode, refreshTokens, revokeToken } from "./tokens.ts";

const SOON_MS = 2_000;
const answer = {
  access_token: "act.new",
  refresh_token: "rft.new",
  open_id: "-000a",
  expires_in: 7200,
  refresh_expires_in: 15_552_000,
  scope: "user.info.basic,video.publish",
};
const inSeconds = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

test("lifetimes count from before the request was sent, in the seconds that TikTok says", async () => {
  const { tiktok, app } = await tiktokAndApp();
  const { openId } = tiktok.addAccount();
  tiktok.regime("24h");

  const grant = await refreshTokens(app, tiktok.grant(openId).refreshToken, SOON_MS);

  expect(grant).toMatchObject({
    platformAccountId: openId,
    accessTokenExpiresAt: inSeconds(86_400),
    refreshTokenExpiresAt: inSeconds(31_536_000),
    scopes: ["user.info.basic", "video.publish"],
  });
});

test("lifetimes may be strings", async () => {
  const { tiktok, app } = await tiktokAndApp();
  tiktok.fault("token", { body: { ...answer, expires_in: "7200", refresh_expires_in: "15552000" } });

  const grant = await refreshTokens(app, "rft.old", SOON_MS);

  expect(grant.accessTokenExpiresAt).toEqual(inSeconds(7200));
  expect(grant.refreshTokenExpiresAt).toEqual(inSeconds(15_552_000));
});

test.each([
  ["no refresh token", { ...answer, refresh_token: undefined }],
  ["an empty refresh token", { ...answer, refresh_token: "" }],
  ["null for a refresh token", { ...answer, refresh_token: null }],
])("a refresh that answers %s leaves the stored one to be kept", async (_, body) => {
  const { tiktok, app } = await tiktokAndApp();
  tiktok.fault("token", { body });

  const grant = await refreshTokens(app, "rft.old", SOON_MS);

  expect(grant.refreshToken).toBeUndefined();
});

test("an unknown refresh lifetime leaves the stored one to be kept", async () => {
  const { tiktok, app } = await tiktokAndApp();
  tiktok.fault("token", { body: { ...answer, refresh_expires_in: "soon" } });

  const grant = await refreshTokens(app, "rft.old", SOON_MS);

  expect(grant.refreshTokenExpiresAt).toBeUndefined();
});

test.each([null, ["user.info.basic"], 1])("a new pair is taken whatever its scope looks like: %j", async (scope) => {
  const { tiktok, app } = await tiktokAndApp();
  tiktok.fault("token", { body: { ...answer, scope } });

  const grant = await refreshTokens(app, "rft.old", SOON_MS);

  expect(grant).toMatchObject({ accessToken: "act.new", refreshToken: "rft.new", scopes: [] });
});

test("a lifetime beyond the calendar is no lifetime", async () => {
  const { tiktok, app } = await tiktokAndApp();
  tiktok.fault("token", { body: { ...answer, refresh_expires_in: 1e15 } });
  tiktok.fault("token", { body: { ...answer, expires_in: 1e15 } });

  expect((await refreshTokens(app, "rft.old", SOON_MS)).refreshTokenExpiresAt).toBeUndefined();
  await expect(refreshTokens(app, "rft.old", SOON_MS)).rejects.toMatchObject({ reason: "malformed" });
});

test("an empty error beside a pair is none", async () => {
  const { tiktok, app } = await tiktokAndApp();
  tiktok.fault("token", { body: { ...answer, error: "", error_description: "" } });

  expect(await refreshTokens(app, "rft.old", SOON_MS)).toMatchObject({ accessToken: "act.new" });
});

test.each([200, 400, 401] as const)("a spent refresh token is refused by the body, under %i", async (status) => {
  const { tiktok, app } = await tiktokAndApp();
  tiktok.settings.tokenErrorStatus = status;
  const { refreshToken } = tiktok.grant(tiktok.addAccount().openId);
  await refreshTokens(app, refreshToken, SOON_MS);

  const again = refreshTokens(app, refreshToken, SOON_MS);

  await expect(again).rejects.toMatchObject({
    name: "TikTokRefused",
    code: "invalid_grant",
    logId: expect.stringMatching(/^\d{14}/),
  });
});

test("a nested error is a refusal as a flat one is", async () => {
  const { tiktok, app } = await tiktokAndApp();
  tiktok.fault("token", { status: 401, body: { error: { code: "invalid_grant", message: "no", logid: "L1" } } });

  await expect(refreshTokens(app, "rft.old", SOON_MS)).rejects.toMatchObject({
    name: "TikTokRefused",
    code: "invalid_grant",
    logId: "L1",
  });
});

test.each([
  { error: "invalid_grant", error_description: null, log_id: null },
  { error: "invalid_grant", error_description: {}, log_id: 20261122101500 },
  { error: { code: "invalid_grant", message: null, log_id: 7 } },
])("a refusal is one by its code, however odd the rest: %j", async (body) => {
  const { tiktok, app } = await tiktokAndApp();
  tiktok.fault("token", { status: 400, body });

  await expect(refreshTokens(app, "rft.old", SOON_MS)).rejects.toMatchObject({ code: "invalid_grant" });
});

test("a refusal that OAuth defines counts under 500 too, any other word there is an outage", async () => {
  const { tiktok, app } = await tiktokAndApp();
  tiktok.fault("token", { status: 500, body: { error: "invalid_grant" } });
  tiktok.fault("token", { status: 500, body: { error: "something_new" } });

  await expect(refreshTokens(app, "rft.old", SOON_MS)).rejects.toMatchObject({ name: "TikTokRefused" });
  await expect(refreshTokens(app, "rft.old", SOON_MS)).rejects.toMatchObject({
    name: "TikTokUnavailable",
    reason: "something_new",
  });
});

test("an outage says whether the request may have arrived and when to come back", async () => {
  const { tiktok, app } = await tiktokAndApp();
  tiktok.fault("token", { drop: "after" });
  tiktok.fault("token", { status: 429, headers: { "retry-after": "30" } });

  await expect(refreshTokens(app, "rft.old", SOON_MS)).rejects.toMatchObject({ mayHaveArrived: true });
  await expect(refreshTokens(app, "rft.old", SOON_MS)).rejects.toMatchObject({ retryAfterMs: 30_000 });
  await tiktok.stop();
  await expect(refreshTokens(app, "rft.old", SOON_MS)).rejects.toMatchObject({ mayHaveArrived: false });
});

test("an answer that does not come in time may have arrived", async () => {
  const { tiktok, app } = await tiktokAndApp();
  tiktok.fault("token", { delayMs: 500 });

  await expect(refreshTokens(app, "rft.old", 50)).rejects.toMatchObject({
    name: "TikTokUnavailable",
    reason: "TimeoutError",
    mayHaveArrived: true,
  });
});

test("a redirect is not followed: what it carries is for TikTok alone", async () => {
  const { tiktok, app } = await tiktokAndApp();
  const other = await tiktokAndApp();
  tiktok.fault("token", { status: 307, headers: { location: `${other.tiktok.origin}/v2/oauth/token/` } });

  await expect(refreshTokens(app, "rft.old", SOON_MS)).rejects.toMatchObject({ name: "TikTokUnavailable" });
  expect(other.tiktok.calls).toEqual([]);
});

test("credentials that TikTok does not know are renewed, and the call tried again, once", async () => {
  const { tiktok, app } = await tiktokAndApp({ clientKey: "aw0", clientSecret: "outdated" });
  const { refreshToken } = tiktok.grant(tiktok.addAccount().openId);

  await expect(refreshTokens(app, refreshToken, SOON_MS)).resolves.toHaveProperty("accessToken");
  expect(tiktok.calls.map(({ outcome }) => outcome)).toEqual(["invalid_client", "ok"]);
});

test("a code is exchanged as it was given, stars and all, and only with a refresh token is it a grant", async () => {
  const { tiktok, app } = await tiktokAndApp();
  tiktok.fault("token", { body: { ...answer, refresh_token: undefined } });

  const exchange = exchangeCode(app, { code: "abc*1!5021.va", codeVerifier: undefined }, SOON_MS);

  await expect(exchange).rejects.toMatchObject({ name: "TikTokUnavailable", reason: "malformed" });
  expect(tiktok.calls[0]?.form?.get("code")).toBe("abc*1!5021.va");
  expect(tiktok.calls[0]?.form?.has("code_verifier")).toBe(false);
});

test("revoking what is revoked already is done", async () => {
  const { tiktok, app } = await tiktokAndApp();
  const { openId } = tiktok.addAccount();
  const { accessToken } = tiktok.grant(openId);

  await revokeToken(app, accessToken, SOON_MS);
  await revokeToken(app, accessToken, SOON_MS);

  expect(tiktok.authorized(openId)).toBe(false);
});

test.each([
  { status: 200, body: "<!doctype html>" },
  { status: 204, headers: { "x-empty": "1" }, body: "", ok: true },
  { status: 200, body: {}, ok: true },
  { status: 502, body: "" },
])("a revocation answered with $status $body is done: $ok", async ({ ok = false, ...fault }) => {
  const { tiktok, app } = await tiktokAndApp();
  tiktok.fault("revoke", fault);

  const done = await revokeToken(app, "act.old", SOON_MS).then(
    () => true,
    () => false,
  );

  expect(done).toBe(ok);
});
