/** The platforms whose accounts can be connected; the second one adds its name here and the compiler lists the rest. */
export const PLATFORMS = ["tiktok"] as const;
export type Platform = (typeof PLATFORMS)[number];

/** What a platform answers to a code or a refresh token: the pair, who it belongs to and how long it lasts. */
export interface TokenGrant {
  readonly platformAccountId: string;
  readonly accessToken: string;
  /** Absent when the platform sent none: the stored one stays. */
  readonly refreshToken: string | undefined;
  readonly scopes: readonly string[];
  readonly accessTokenExpiresAt: Date;
  /** Absent when the platform did not say: the stored expiry stays. */
  readonly refreshTokenExpiresAt: Date | undefined;
}

/** Decoration shown beside an account. Every field may be missing: none of it is needed to link. */
export interface AccountMetadata {
  displayName?: string;
  username?: string;
  avatarUrl?: string;
  unionId?: string;
  /** What the platform says this person may post right now, in the platform's own words. */
  creator?: Record<string, unknown>;
  profileFetchedAt?: Date;
}
