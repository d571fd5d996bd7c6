import { consentPage, errorPage } from "./consent-page.ts";
import { type Answer, type Endpoint, type Exchange, mediaType, unsupportedPath } from "./exchange.ts";
import type { World } from "./world.ts";

interface AuthorizationRequest {
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly state: string;
  readonly codeChallenge: string | undefined;
}

/** `GET /v2/auth/authorize/`: the consent page, the way straight back, or TikTok's own error page. */
export const authorize: Endpoint["act"] = ({ url }, world) => {
  const request = authorizationRequest(url.searchParams, world);
  if ("error" in request) return toErrorPage(request, world);
  const previous = world.lastConsent;
  const authorized = (previous && world.ledger.authorizedScopes(previous.openId)) ?? [];
  const hasConsented = request.scopes.every((scope) => authorized.includes(scope));
  if (url.searchParams.get("disable_auto_auth") !== "1" && previous && hasConsented)
    return toCallback(request, grant(request, previous.openId, request.scopes, world));
  return consentPage([...world.accounts.values()], request.scopes);
};

/** `POST /v2/auth/authorize/`: what the consent page's form sends. */
export const decide: Endpoint["act"] = ({ url, body, incoming }, world) => {
  const request = authorizationRequest(url.searchParams, world);
  if ("error" in request) return toErrorPage(request, world);
  if (mediaType(incoming) !== "application/x-www-form-urlencoded") return unsupportedPath;
  const form = new URLSearchParams(body);
  const scopes = form.getAll("scope").filter((scope) => request.scopes.includes(scope));
  switch (form.get("decision")) {
    case "authorize": {
      const openId = form.get("account") ?? "";
      if (!world.accounts.has(openId)) return { status: 400, body: "No such account", outcome: "unknown account" };
      return toCallback(request, grant(request, openId, scopes, world));
    }
    case "fail":
      return toCallback(request, Object.fromEntries([...form].filter(([name]) => name !== "decision")));
    default:
      return toCallback(request, { error: "access_denied", error_description: "User cancelled the authorization" });
  }
};

/** `GET /v2/auth/error/`: where a misconfigured app's people end up. TikTok calls nobody back. */
export function showError({ url }: Exchange): Answer {
  return errorPage(url.searchParams.get("error_type") ?? "");
}

function grant(request: AuthorizationRequest, openId: string, scopes: readonly string[], world: World) {
  const granted = request.scopes.filter((scope) => scopes.includes(scope));
  world.lastConsent = { openId };
  const code = world.ledger.consent({ ...request, openId, scopes: granted });
  return { code, scopes: granted.join(",") };
}

interface Misconfigured {
  readonly error: string;
  readonly type: string;
}

function authorizationRequest(query: URLSearchParams, world: World): AuthorizationRequest | Misconfigured {
  const scopes = (query.get("scope") ?? "").split(",");
  const redirectUri = query.get("redirect_uri") ?? "";
  const state = query.get("state") ?? "";
  const codeChallenge = query.get("code_challenge") ?? undefined;
  if (query.get("client_key") !== world.app.clientKey) return { error: "unauthorized_client", type: "client_key" };
  if (query.get("response_type") !== "code") return { error: "unsupported_response_type", type: "response_type" };
  if (!world.app.redirectUris.has(redirectUri)) return { error: "invalid_request", type: "redirect_uri" };
  if (!scopes.every((scope) => world.app.scopes.has(scope))) return { error: "invalid_scope", type: "scope" };
  if (state === "") return { error: "invalid_request", type: "state" };
  if (!acceptable(codeChallenge, query.get("code_challenge_method"), world.settings.pkce))
    return { error: "invalid_request", type: "code_challenge" };
  world.saw(state);
  return { scopes, redirectUri, state, codeChallenge };
}

function acceptable(challenge: string | undefined, method: string | null, pkce: "optional" | "hex"): boolean {
  if (challenge === undefined) return pkce === "optional" && method === null;
  if (method !== "S256") return false;
  return /^[0-9a-f]{64}$/.test(challenge) || (pkce === "optional" && /^[A-Za-z0-9\-_]{43}$/.test(challenge));
}

function toCallback({ redirectUri, state }: AuthorizationRequest, result: Record<string, string>): Answer {
  const callback = new URL(redirectUri);
  for (const [name, value] of Object.entries({ ...result, state })) callback.searchParams.set(name, value);
  // The form encoding leaves `*` alone; TikTok writes %2A.
  callback.search = callback.search.replaceAll("*", "%2A");
  return redirect(callback, result.error ?? "ok");
}

function toErrorPage({ error, type }: Misconfigured, { origin }: World): Answer {
  const page = new URL("/v2/auth/error/", origin);
  page.search = new URLSearchParams({ error, error_type: type }).toString();
  return redirect(page, error);
}

const redirect = (to: URL, outcome: string): Answer => ({
  status: 303,
  headers: { location: to.href, "cache-control": "no-store" },
  body: "",
  outcome,
});
