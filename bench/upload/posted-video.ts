import { ObjectId } from "mongodb";
import type { LocalStack } from "../../dev/stack/local-stack.ts";
import { type SocialAccount, socialAccounts } from "../../lib/accounts/social-account.ts";
import { after } from "../../lib/clock.ts";
import { tokenCipher } from "../../lib/crypto/token-cipher.ts";
import { mediaReader } from "../../lib/media/open-media.ts";
import { isPublicOrLoopback } from "../../lib/media/public-address.ts";
import { createPosts } from "../../lib/posting/create-posts.ts";
import { postingServices } from "../../lib/posting/services.ts";
import { placeOf } from "../../lib/tokens/seal-pair.ts";

const HOUR_MS = 3_600_000;

/** An account connected at the stand-in, and a post of this video to it that waits for its first turn. */
export async function postedVideo(stack: LocalStack, url: string) {
  const now = new Date();
  const { openId } = stack.tiktok.addAccount();
  const grant = stack.tiktok.grant(openId);
  const account = {
    _id: new ObjectId(),
    userId: new ObjectId(),
    platform: "tiktok",
    platformAccountId: openId,
  } as const;
  const keys = Object.entries(stack.secret.tokenKeyring.keys).map(([id, key]) => [id, Buffer.from(key, "base64")]);
  const cipher = tokenCipher({ current: stack.secret.tokenKeyring.current, keys: Object.fromEntries(keys) });
  const connected: SocialAccount = {
    ...account,
    accessToken: cipher.seal(grant.accessToken, placeOf(account, "accessToken")),
    refreshToken: cipher.seal(grant.refreshToken, placeOf(account, "refreshToken")),
    tokenExpiry: after(now, 2 * HOUR_MS),
    refreshTokenExpiry: null,
    scopes: [...grant.scopes],
    status: "active",
    statusReason: null,
    metadata: {},
    nextRefreshAt: after(now, HOUR_MS),
    refreshAttempts: 0,
    tokenVersion: 1,
    eventSequence: 1,
    lastRefreshedAt: null,
    lastUsedAt: null,
    lastError: null,
    ...{ connectedAt: now, createdAt: now, updatedAt: now },
  };
  await socialAccounts(stack.db).insertOne(connected);
  const services = postingServices(tiktokAt(stack), mediaReader(isPublicOrLoopback));
  const request = {
    accountIds: [account._id],
    text: "A long film",
    media: [{ type: "video" as const, url }],
    options: { tiktok: { privacyLevel: "SELF_ONLY" } },
    idempotencyKey: "film",
  };
  await createPosts(account.userId, request, { db: stack.db, services, clock: () => now });
  return { openId };
}

function tiktokAt({ tiktok, secret }: LocalStack) {
  const credentials = async () => secret.tiktok;
  const { origin: apiOrigin, authorizeUrl } = tiktok;
  return {
    apiOrigin,
    authorizeUrl,
    redirectUri: "",
    clock: () => new Date(),
    fetch,
    credentials,
    renewedCredentials: credentials,
  };
}
