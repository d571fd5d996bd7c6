import type { SocialAccount } from "../accounts/social-account.ts";
import type { StoredTokens } from "../accounts/token-writes.ts";
import type { Clock, Random } from "../clock.ts";
import type { TokenCipher, TokenPlace } from "../crypto/token-cipher.ts";
import type { TokenGrant } from "../platform.ts";
import { refreshDueAt } from "./schedule.ts";

export const placeOf = (
  { platform, platformAccountId, userId }: Pick<SocialAccount, "platform" | "platformAccountId" | "userId">,
  field: TokenPlace["field"],
): TokenPlace => ({ platform, platformAccountId, userId: userId.toHexString(), field });

/** The successor of an account's pair as it is stored. What the answer left out stays as it was, sealed anew under the current key. */
export function sealPair(
  account: SocialAccount,
  grant: TokenGrant,
  spentRefreshToken: string,
  { cipher, clock, random }: { cipher: TokenCipher; clock: Clock; random: Random },
): StoredTokens {
  const now = clock();
  return {
    accessToken: cipher.seal(grant.accessToken, placeOf(account, "accessToken")),
    refreshToken: cipher.seal(grant.refreshToken ?? spentRefreshToken, placeOf(account, "refreshToken")),
    tokenExpiry: grant.accessTokenExpiresAt,
    refreshTokenExpiry: grant.refreshTokenExpiresAt ?? account.refreshTokenExpiry,
    scopes: grant.scopes.length > 0 ? [...grant.scopes] : account.scopes,
    nextRefreshAt: refreshDueAt(now, grant.accessTokenExpiresAt, random),
    lastRefreshedAt: now,
  };
}
