import { expect, test } from "vitest";
import { tiktokAndApp } from "../../test/support/tiktok-app.ts";
import { fetchCreatorInfo } from "./creator-info.ts";
import { parseLosslessJson } from "./lossless-json.ts";
import { fetchProfile } from "./user-info.ts";

const SOON_MS = 2_000;

test("a profile asks for what the granted scopes cover and no more", async () => {
  const { tiktok, app } = await tiktokAndApp();
  const { openId } = tiktok.addAccount({ username: "kitchen.notes", displayName: "Kitchen Notes" });
  const token = (scopes: string[]) => tiktok.grant(openId, scopes).accessToken;
  const basic = ["user.info.basic"];
  const full = ["user.info.basic", "user.info.profile"];

  const little = await fetchProfile(app, token(basic), basic, SOON_MS);
  const more = await fetchProfile(app, token(full), full, SOON_MS);

  expect(little).toMatchObject({ platformAccountId: openId, metadata: { displayName: "Kitchen Notes" } });
  expect(little?.metadata.username).toBeUndefined();
  expect(more?.metadata.username).toBe("kitchen.notes");
});

test("what is null or of another type in a profile or creator info is missing, and the rest is told", async () => {
  const { tiktok, app } = await tiktokAndApp();
  const user = { open_id: "-000a", display_name: "Kitchen Notes", avatar_url: null, union_id: 7 };
  const creator = {
    creator_nickname: "Kitchen",
    privacy_level_options: null,
    comment_disabled: null,
    duet_disabled: true,
  };
  tiktok.fault("user_info", { body: { data: { user }, error: { code: "ok" } } });
  tiktok.fault("creator_info", { body: { data: creator, error: { code: "ok" } } });

  const profile = await fetchProfile(app, "act.x", ["user.info.basic"], SOON_MS);
  const info = await fetchCreatorInfo(app, "act.x", SOON_MS);

  expect(profile).toEqual({ platformAccountId: "-000a", metadata: { displayName: "Kitchen Notes" } });
  expect(info).toMatchObject({ nickname: "Kitchen", privacyLevels: [], commentDisabled: false, duetDisabled: true });
});

test("without a scope that covers any field TikTok is not asked", async () => {
  const { tiktok, app } = await tiktokAndApp();

  expect(await fetchProfile(app, "act.x", ["video.publish"], SOON_MS)).toBeUndefined();
  expect(tiktok.calls).toEqual([]);
});

test("a person who may not post now is a refusal that comes under 200", async () => {
  const { tiktok, app } = await tiktokAndApp();
  const { openId } = tiktok.addAccount({ postingRefusal: "spam_risk_too_many_posts" });

  await expect(fetchCreatorInfo(app, tiktok.grant(openId).accessToken, SOON_MS)).rejects.toMatchObject({
    name: "TikTokRefused",
    code: "spam_risk_too_many_posts",
  });
});

test("a token without the scope is a refusal, an exhausted rate is an outage", async () => {
  const { tiktok, app } = await tiktokAndApp();
  const { openId } = tiktok.addAccount();
  const { accessToken } = tiktok.grant(openId, ["user.info.basic"]);
  tiktok.fault("creator_info", {
    status: 429,
    body: { error: { code: "rate_limit_exceeded", message: "", log_id: "L" } },
  });

  await expect(fetchCreatorInfo(app, accessToken, SOON_MS)).rejects.toMatchObject({ name: "TikTokUnavailable" });
  await expect(fetchCreatorInfo(app, accessToken, SOON_MS)).rejects.toMatchObject({ code: "scope_not_authorized" });
});

test("integers beyond what a number can hold stay as they were written", () => {
  expect(parseLosslessJson('{"ids":[7440123456789012345,-9223372036854775808],"n":7200,"x":1.5}')).toEqual({
    ids: ["7440123456789012345", "-9223372036854775808"],
    n: 7200,
    x: 1.5,
  });
  expect(parseLosslessJson('{"cut":')).toBeUndefined();
});
