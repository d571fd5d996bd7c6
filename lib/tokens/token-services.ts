import type { Platform, TokenGrant } from "../platform.ts";
import type { TikTokApp } from "../tiktok/app.ts";
import { refreshTokens, revokeToken } from "../tiktok/tokens.ts";

/** How a platform renews and ends tokens. */
export interface TokenService {
  refresh(refreshToken: string, deadlineMs: number): Promise<TokenGrant>;
  revoke(accessToken: string, deadlineMs: number): Promise<void>;
}

/** Which service looks after the tokens of which platform: no token is ever sent to another one. */
export const tokenServices = (tiktok: TikTokApp): Readonly<Record<Platform, TokenService>> => ({
  tiktok: {
    refresh: (refreshToken, deadlineMs) => refreshTokens(tiktok, refreshToken, deadlineMs),
    revoke: (accessToken, deadlineMs) => revokeToken(tiktok, accessToken, deadlineMs),
  },
});
