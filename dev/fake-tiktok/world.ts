import type { Clock } from "../../lib/clock.ts";
import type { FakeAccount } from "./accounts.ts";
import type { App } from "./app.ts";
import type { Call } from "./calls.ts";
import type { Faults } from "./faults.ts";
import type { Ledger } from "./ledger.ts";
import type { Pace, Publishing } from "./publishing.ts";
import type { Uploads } from "./upload.ts";

export type RateLimit = "init" | "creator_info" | "status" | "user_info";

/** What TikTok's pages leave open, or change from app to app. May be altered while the server runs. */
export interface Settings extends Pace {
  /** The HTTP status of a refused token or revoke request: TikTok has been seen to answer 200. */
  tokenErrorStatus: 200 | 400 | 401;
  /** `hex`: a challenge is mandatory and must be hex, as TikTok asks of desktop apps. */
  pkce: "optional" | "hex";
  /** False: a refresh answers with the refresh token it was given, as the older pages allow. */
  rotatesRefreshTokens: boolean;
  /** True: the access tokens issued before a refresh stop working with it. Undocumented. */
  refreshEndsAccessTokens: boolean;
  /** Milliseconds that every answer takes. */
  latencyMs: number;
  /** Requests a minute, by endpoint and access token. */
  rateLimits: Record<RateLimit, number>;
  /** False: the app may only post for the person alone. */
  audited: boolean;
  /** False: what PULL_FROM_URL names is taken as fetched. */
  pullsMedia: boolean;
}

export const strictest = (): Settings => ({
  tokenErrorStatus: 200,
  pkce: "optional",
  rotatesRefreshTokens: true,
  refreshEndsAccessTokens: false,
  latencyMs: 0,
  rateLimits: { init: 6, creator_info: 20, status: 30, user_info: 600 },
  audited: true,
  pullsMedia: true,
  pollsToComplete: 2,
  secondsToComplete: 60,
});

export interface World {
  readonly origin: string;
  readonly app: App;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly accounts: Map<string, FakeAccount>;
  readonly ledger: Ledger;
  readonly publishing: Publishing;
  readonly uploads: Uploads;
  /** What media may be pulled from: the verified URL properties. */
  readonly urlPrefixes: string[];
  readonly faults: Faults;
  readonly calls: Call[];
  /** False when the request is one too many for this minute. */
  readonly withinRate: (key: string, limit: number) => boolean;
  /** Who consented last: a browser that is still logged in is sent straight back as them. */
  lastConsent: { openId: string } | undefined;
  /** Notes a secret that was issued or seen, for leak checks. */
  readonly saw: (secret: string) => void;
}

/** Ends the app's whole authorization for that account. */
export function removeAuthorization({ ledger, publishing }: World, openId: string): void {
  ledger.removeAuthorization(openId);
  publishing.authorizationRemoved(openId);
}
