import type { IndexDescription, IndexDescriptionInfo } from "mongodb";
import type { Ownership } from "./social-account.ts";

const ONE_ROW_PER_USER = { userId: 1, platform: 1, platformAccountId: 1 } as const;
const BY_ACCOUNT = { platform: 1, platformAccountId: 1 } as const;

/**
 * What makes a duplicate impossible and the refresh queue cheap. Ownership decides whether an account may have several users. Named as
 * MongoDB names them by default, so that an app whose own model asks for the same index does not collide with ours.
 */
export const socialAccountIndexes = (ownership: Ownership): IndexDescription[] => [
  { key: ONE_ROW_PER_USER, unique: true, name: "userId_1_platform_1_platformAccountId_1" },
  { key: BY_ACCOUNT, ...(ownership === "exclusive" && { unique: true }), name: "platform_1_platformAccountId_1" },
  { key: { nextRefreshAt: 1 }, partialFilterExpression: { status: "active" }, name: "refresh_queue" },
];

/** Whether an index of the collection is the one that keeps one user from having an account twice. */
export const isOneRowPerUser = ({ key, unique }: Pick<IndexDescriptionInfo, "key" | "unique">): boolean =>
  unique === true && JSON.stringify(key) === JSON.stringify(ONE_ROW_PER_USER);
