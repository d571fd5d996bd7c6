import type { FakeAccount } from "./accounts.ts";
import { forCaller, scopeMissing } from "./bearer.ts";
import { failed, succeeded } from "./exchange.ts";

type Field = readonly [scope: string, read: (account: FakeAccount) => string | number | boolean];

const FIELDS: Readonly<Record<string, Field>> = {
  open_id: ["user.info.basic", (account) => account.openId],
  union_id: ["user.info.basic", (account) => account.unionId],
  avatar_url: ["user.info.basic", (account) => account.avatarUrl],
  avatar_url_100: ["user.info.basic", (account) => account.avatarUrl],
  avatar_large_url: ["user.info.basic", (account) => account.avatarUrl],
  display_name: ["user.info.basic", (account) => account.displayName],
  bio_description: ["user.info.profile", () => ""],
  profile_deep_link: ["user.info.profile", (account) => `https://vm.tiktok.example/${account.username}`],
  username: ["user.info.profile", (account) => account.username],
  is_verified: ["user.info.profile", () => false],
  follower_count: ["user.info.stats", () => 120],
  following_count: ["user.info.stats", () => 34],
  likes_count: ["user.info.stats", () => 5600],
  video_count: ["user.info.stats", () => 7],
};

/** `GET /v2/user/info/`: one field outside the granted scopes fails the whole request. */
export const userInfo = forCaller("user_info", ({ account, scopes }, { url }, world) => {
  const names = (url.searchParams.get("fields") ?? "").split(",").filter((name) => name !== "");
  const fields = names.map((name) => FIELDS[name]).filter((field) => field !== undefined);
  if (fields.length === 0 || fields.length !== names.length)
    return failed(world, 400, "invalid_params", "One or more fields specified in request parameters are invalid.");
  if (fields.some(([scope]) => !scopes.includes(scope))) return scopeMissing(world);
  return succeeded(world, { user: Object.fromEntries(names.map((name) => [name, FIELDS[name]?.[1](account)])) });
});
