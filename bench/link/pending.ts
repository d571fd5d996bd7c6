import { randomBytes } from "node:crypto";
import { type Db, ObjectId } from "mongodb";
import { users } from "../../lib/accounts/social-account.ts";
import { after, systemClock } from "../../lib/clock.ts";
import { claimPendingConnection, storePendingConnection } from "../../lib/oauth/pending-connection.ts";
import type { TokenGrant } from "../../lib/platform.ts";

export type Pending = Awaited<ReturnType<typeof pendingLink>>;

/** A user whose connection has come back from TikTok: everything up to the transaction is done. */
export async function pendingLink(db: Db) {
  const userId = new ObjectId();
  const binding = randomBytes(32).toString("base64url");
  await users(db).insertOne({ _id: userId, socialAccounts: [] });
  const state = await storePendingConnection(db, { binding, userId, platform: "tiktok", returnTo: "/" }, systemClock);
  const connection = await claimPendingConnection(db, "tiktok", { state, binding, answer: "code" }, systemClock);
  if (!connection) throw new Error("The state could not be claimed");
  const now = systemClock();
  const grant: TokenGrant = {
    platformAccountId: `-000${randomBytes(16).toString("hex")}`,
    accessToken: `act.${randomBytes(45).toString("base64url")}`,
    refreshToken: `rft.${randomBytes(45).toString("base64url")}`,
    scopes: ["user.info.basic", "video.publish"],
    accessTokenExpiresAt: after(now, 7_200_000),
    refreshTokenExpiresAt: after(now, 15_552_000_000),
  };
  return { connection, grant };
}

export const METADATA = {
  displayName: "Ada",
  username: "ada",
  avatarUrl: "https://p00-sign.tiktokcdn.example/ada.jpeg",
};
