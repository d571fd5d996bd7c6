import type { ObjectId } from "mongodb";
import type { SocialAccount } from "../accounts/social-account.ts";
import type { Clock, Random } from "../clock.ts";
import type { TokenCipher } from "../crypto/token-cipher.ts";
import type { Platform, TokenGrant } from "../platform.ts";
import { refreshDueAt } from "./schedule.ts";
import { placeOf } from "./seal-pair.ts";

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
  owner: TokenOwner,
  { cipher, clock, random }: { cipher: TokenCipher; clock: Clock; random: Random },
): SealedGrant {
  const account = { ...owner, platformAccountId: grant.platformAccountId };
  return {
    accessToken: cipher.seal(grant.accessToken, placeOf(account, "accessToken")),
    refreshToken: cipher.seal(grant.refreshToken ?? "", placeOf(account, "refreshToken")),
    tokenExpiry: grant.accessTokenExpiresAt,
    refreshTokenExpiry: grant.refreshTokenExpiresAt ?? null,
    scopes: [...grant.scopes],
    nextRefreshAt: refreshDueAt(clock(), grant.accessTokenExpiresAt, random),
  };
}
