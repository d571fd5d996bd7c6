import { createHash, randomBytes } from "node:crypto";
import { type Answer, type Exchange, json, mediaType, refused } from "./exchange.ts";
import type { TokenPair } from "./ledger.ts";
import { removeAuthorization, type World } from "./world.ts";

/** `POST /v2/oauth/token/` */
export function token(exchange: Exchange, world: World): Answer {
  const form = clientForm(exchange, world);
  if (!(form instanceof URLSearchParams)) return form;
  switch (form.get("grant_type")) {
    case "authorization_code":
      return exchangeCode(form, world);
    case "refresh_token":
      return refresh(form, world);
    case "client_credentials":
      return clientToken(world);
    case null:
      return refused(world, "invalid_request", "The grant_type parameter is missing.");
    default:
      return refused(world, "unsupported_grant_type", "Grant type is not supported.");
  }
}

/** `POST /v2/oauth/revoke/`: ends the whole authorization, not one token. */
export function revoke(exchange: Exchange, world: World): Answer {
  const form = clientForm(exchange, world);
  if (!(form instanceof URLSearchParams)) return form;
  const accessToken = form.get("token");
  if (!accessToken) return refused(world, "invalid_request", "The token parameter is missing.");
  const grant = world.ledger.accessGrant(accessToken);
  if (!grant) return refused(world, "invalid_grant", "Access token is invalid or expired.");
  removeAuthorization(world, grant.openId);
  return { status: 200, body: "", outcome: "ok" };
}

/** The request's form, or the refusal of a request that is no form or not from this app. */
function clientForm({ incoming, body }: Exchange, world: World): URLSearchParams | Answer {
  if (mediaType(incoming) !== "application/x-www-form-urlencoded")
    return refused(world, "invalid_request", "Only `application/x-www-form-urlencoded` is accepted as Content-Type.");
  const form = new URLSearchParams(body);
  const repeated = [...form.keys()].find((name) => form.getAll(name).length > 1);
  if (repeated) return refused(world, "invalid_request", `The ${repeated} parameter is repeated.`);
  if (!form.get("client_key")) return refused(world, "invalid_request", "Client key or secret is missing.");
  if (form.get("client_key") !== world.app.clientKey || form.get("client_secret") !== world.app.clientSecret)
    return refused(world, "invalid_client", "Client key or secret is incorrect.");
  return form;
}

function exchangeCode(form: URLSearchParams, world: World): Answer {
  const code = form.get("code");
  const redirectUri = form.get("redirect_uri");
  if (!code || !redirectUri) return refused(world, "invalid_request", "The code or redirect_uri parameter is missing.");
  const consent = world.ledger.spendCode(code);
  if (!consent) return refused(world, "invalid_grant", "Authorization code is expired.");
  if (consent.redirectUri !== redirectUri)
    return refused(world, "invalid_request", "Redirect_uri is not matched with the uri when requesting code.");
  if (consent.codeChallenge !== undefined && !proves(form.get("code_verifier"), consent.codeChallenge))
    return refused(world, "invalid_request", "Code verifier or code challenge is invalid.");
  return tokenAnswer(world.ledger.issue(consent));
}

function refresh(form: URLSearchParams, world: World): Answer {
  const refreshToken = form.get("refresh_token");
  if (!refreshToken) return refused(world, "invalid_request", "The refresh_token parameter is missing.");
  const pair = world.ledger.refresh(refreshToken, {
    rotates: world.settings.rotatesRefreshTokens,
    endsAccessTokens: world.settings.refreshEndsAccessTokens,
  });
  return pair ? tokenAnswer(pair) : refused(world, "invalid_grant", "Refresh token is invalid or expired.");
}

/** A token of the app's own, for no person: nothing here takes it. */
function clientToken({ saw }: World): Answer {
  const accessToken = `clt.${randomBytes(24).toString("base64url")}`;
  saw(accessToken);
  return json(200, { access_token: accessToken, expires_in: 7_200, token_type: "Bearer" }, "ok");
}

function proves(verifier: string | null, challenge: string): boolean {
  if (!verifier || !/^[A-Za-z0-9\-._~]{43,128}$/.test(verifier)) return false;
  const digest = createHash("sha256").update(verifier).digest();
  return challenge === digest.toString("hex") || challenge === digest.toString("base64url");
}

function tokenAnswer(pair: TokenPair): Answer {
  const body = {
    access_token: pair.accessToken,
    expires_in: pair.expiresIn,
    open_id: pair.openId,
    refresh_expires_in: pair.refreshExpiresIn,
    refresh_token: pair.refreshToken,
    scope: pair.scopes.join(","),
    token_type: "Bearer",
  };
  return json(200, body, "ok");
}
