import type { IndexDescription } from "mongodb";
import type { Ownership } from "./social-account.ts";

/** What makes a duplicate impossible and the refresh queue cheap. Ownership decides whether an account may have several users. */
export const socialAccountIndexes = (ownership: Ownership): IndexDescription[] => [
  { key: { userId: 1, platform: 1, platformAccountId: 1 }, unique: true, name: "user_platform_account" },
  ownership === "exclusive"
    ? { key: { platform: 1, platformAccountId: 1 }, unique: true, name: "platform_account_exclusive" }
    : { key: { platform: 1, platformAccountId: 1 }, name: "platform_account" },
  { key: { nextRefreshAt: 1 }, partialFilterExpression: { status: "active" }, name: "refresh_queue" },
];
