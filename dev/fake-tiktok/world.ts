import type { Clock } from "../../lib/clock.ts";
import type { FakeAccount } from "./accounts.ts";
import type { Call } from "./calls.ts";
import type { Faults } from "./faults.ts";
import type { Ledger, Lifetimes } from "./ledger.ts";

/** What TikTok's pages leave open, or change from app to app. May be altered while the server runs. */
export interface Settings {
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
  /** Requests a minute and access token, by endpoint. */
  rateLimits: Record<RateLimit, number>;
}

export type RateLimit = "init" | "creator_info" | "status" | "user_info";

export interface App {
  readonly clientKey: string;
  clientSecret: string;
  readonly scopes: ReadonlySet<string>;
  readonly redirectUris: Set<string>;
}

export interface World {
  readonly origin: string;
  readonly app: App;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly lifetimes: Lifetimes;
  readonly accounts: Map<string, FakeAccount>;
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly calls: Call[];
  /** False when the request is one too many for this minute. */
  readonly withinRate: (key: string, limit: number) => boolean;
  /** Who consented last: a browser that is still logged in is sent straight back as them. */
  lastConsent: { openId: string } | undefined;
  /** Notes a secret that was issued or seen, for leak checks. */
  readonly saw: (secret: string) => void;
}
