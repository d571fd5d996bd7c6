import type { ObjectId } from "mongodb";
import type { SocialAccount } from "../accounts/social-account.ts";
import type { Clock, Random } from "../clock.ts";
import type { TokenCipher } from "../crypto/token-cipher.ts";
import type { Platform, TokenGrant } from "../platform.ts";
import { refreshDueAt } from "./schedule.ts";

export type SealedGrant = Pick<
  SocialAccount,
  "accessToken" | "refreshToken" | "tokenExpiry" | "refreshTokenExpiry" | "scopes" | "nextRefreshAt"
>;

export interface TokenOwner {
  readonly userId: ObjectId;
  readonly platform: Platform;
}

/** A first grant as it is stored: both tokens sealed for their place, and the time of the first refresh. */
export function sealGrant(
  grant: TokenGrant,
  { userId, platform }: TokenOwner,
  { cipher, clock, random }: { cipher: TokenCipher; clock: Clock; random: Random },
): SealedGrant {
  const place = { platform, platformAccountId: grant.platformAccountId, userId: userId.toHexString() };
  return {
    accessToken: cipher.seal(grant.accessToken, { ...place, field: "accessToken" }),
    refreshToken: cipher.seal(grant.refreshToken ?? "", { ...place, field: "refreshToken" }),
    tokenExpiry: grant.accessTokenExpiresAt,
    refreshTokenExpiry: grant.refreshTokenExpiresAt ?? null,
    scopes: [...grant.scopes],
    nextRefreshAt: refreshDueAt(clock(), grant.accessTokenExpiresAt, random),
  };
}
