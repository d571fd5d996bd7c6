import { ObjectId } from "mongodb";
import { people, sessionCookieFor } from "../../dev/stack/people.ts";
import { tiktokPeople } from "../../dev/stack/tiktok-people.ts";
import { type SocialAccount, socialAccounts, users } from "../../lib/accounts/social-account.ts";
import { after } from "../../lib/clock.ts";
import { sealGrant } from "../../lib/tokens/seal-grant.ts";
import { tokenDependencies } from "../support/linked.ts";
import type { BrowserStack } from "./support.ts";

const [ada = { id: "", name: "", email: "" }] = people;

/** The cookies of a browser in which Ada is signed in. */
export async function sessionCookies({ origin, secret }: BrowserStack) {
  const cookie = await sessionCookieFor(ada, secret.sessionSecrets[0] ?? "", origin);
  const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
  return [{ name, value, url: origin, httpOnly: true, sameSite: "Lax" as const }];
}

/** Ada's Kitchen Notes as a connection leaves it, without going through one. */
export async function givenConnected(stack: BrowserStack, change: Partial<SocialAccount> = {}): Promise<void> {
  const now = new Date();
  const userId = new ObjectId(ada.id);
  const { openId, ...metadata } = tiktokPeople(stack.origin)[0];
  const { accessToken, refreshToken, scopes, expiresIn } = stack.tiktok.grant(openId);
  const accessTokenExpiresAt = after(now, expiresIn * 1000);
  const grant = { platformAccountId: openId, accessToken, refreshToken, scopes, accessTokenExpiresAt };
  const account: SocialAccount = {
    _id: new ObjectId(),
    userId,
    platform: "tiktok",
    platformAccountId: openId,
    ...sealGrant(
      { ...grant, refreshTokenExpiresAt: undefined },
      { userId, platform: "tiktok" },
      tokenDependencies(stack),
    ),
    status: "active",
    statusReason: null,
    metadata,
    refreshAttempts: 0,
    tokenVersion: 1,
    eventSequence: 1,
    connectedAt: now,
    lastRefreshedAt: null,
    lastUsedAt: null,
    lastError: null,
    createdAt: now,
    updatedAt: now,
    ...change,
  };
  await socialAccounts(stack.db).insertOne(account);
  await users(stack.db).updateOne({ _id: userId }, { $addToSet: { socialAccounts: account._id } });
}
