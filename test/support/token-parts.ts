import type { Clock } from "../../lib/clock.ts";
import { tokenCipher } from "../../lib/crypto/token-cipher.ts";
import type { TikTokApp } from "../../lib/tiktok/app.ts";
import { exchange } from "../../lib/tiktok/exchange.ts";

/** What two processes must share to look after the same tokens. */
export interface WorldKeys {
  readonly apiOrigin: string;
  readonly clientKey: string;
  readonly clientSecret: string;
  /** base64 */
  readonly masterKey: string;
}

/** TikTok as this app reaches it, and the cipher of the stored tokens. */
export function tokenParts({ apiOrigin, clientKey, clientSecret, masterKey }: WorldKeys, clock: Clock) {
  const credentials = async () => ({ clientKey, clientSecret });
  const tiktok: TikTokApp = {
    authorizeUrl: `${apiOrigin}/v2/auth/authorize/`,
    apiOrigin,
    redirectUri: "https://app.example.com/api/tiktok/callback",
    clock,
    fetch: exchange,
    credentials,
    renewedCredentials: credentials,
  };
  return { tiktok, cipher: tokenCipher({ current: "k1", keys: { k1: Buffer.from(masterKey, "base64") } }) };
}
