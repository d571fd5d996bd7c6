import type { TikTokApp } from "./app.ts";

export interface AuthorizationRequest {
  readonly state: string;
  readonly scopes: readonly string[];
  readonly codeChallenge: string | undefined;
}

/** Where the browser goes to ask the person. `disable_auto_auth` because TikTok would else connect the last account again unasked. */
export async function authorizeUrl(
  app: TikTokApp,
  { state, scopes, codeChallenge }: AuthorizationRequest,
): Promise<URL> {
  const { clientKey } = await app.credentials();
  const url = new URL(app.authorizeUrl);
  url.searchParams.set("client_key", clientKey);
  url.searchParams.set("response_type", "code");
  url.searchParams.set("scope", scopes.join(",")); // not the space RFC 6749 asks for
  url.searchParams.set("redirect_uri", app.redirectUri);
  url.searchParams.set("state", state);
  url.searchParams.set("disable_auto_auth", "1");
  if (codeChallenge !== undefined) {
    url.searchParams.set("code_challenge", codeChallenge);
    url.searchParams.set("code_challenge_method", "S256");
  }
  return url;
}
