import type { Clock } from "../clock.ts";

export interface ClientCredentials {
  readonly clientKey: string;
  readonly clientSecret: string;
  readonly previousClientSecret?: string | undefined;
}

/** This app as TikTok knows it, and the way to reach TikTok. */
export interface TikTokApp {
  readonly authorizeUrl: string;
  readonly apiOrigin: string;
  readonly redirectUri: string;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  credentials(): Promise<ClientCredentials>;
  /** Credentials newer than the ones TikTok has just refused. */
  renewedCredentials(refused: ClientCredentials): Promise<ClientCredentials>;
}
