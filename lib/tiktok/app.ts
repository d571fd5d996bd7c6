import type { Clock } from "../clock.ts";
import type { Exchange } from "./exchange.ts";

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
  readonly fetch: Exchange;
  credentials(): Promise<ClientCredentials>;
  /** Credentials newer than the ones TikTok has just refused. */
  renewedCredentials(refused: ClientCredentials): Promise<ClientCredentials>;
}
