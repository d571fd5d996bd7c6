import * as z from "zod/mini";
import { after } from "../clock.ts";
import type { TokenGrant } from "../platform.ts";
import type { ClientCredentials, TikTokApp } from "./app.ts";
import { TikTokRefused, TikTokUnavailable } from "./errors.ts";
import { OptionalText, Text } from "./fields.ts";
import { failureOf, refusalIn } from "./refusal.ts";
import { askTikTok, type TikTokAnswer } from "./request.ts";

const CENTURY = 3_155_760_000; // a date further away than the calendar goes would be stored as 1970
const Digits = z.string().check(z.regex(/^\d+$/));
const Seconds = z.pipe(
  z.union([z.number(), z.pipe(Digits, z.transform(Number))]),
  z.number().check(z.int(), z.minimum(1), z.maximum(CENTURY)),
);

// what can be done without is not worth losing a new pair for
const Granted = z.object({
  access_token: Text,
  expires_in: Seconds,
  open_id: Text,
  refresh_token: OptionalText,
  refresh_expires_in: z.catch(z.optional(Seconds), undefined),
  scope: z.catch(z.string(), ""), // comma-separated, not the space RFC 6749 asks for
});

export interface CodeGrant {
  readonly code: string;
  readonly codeVerifier: string | undefined;
}

/** Exchanges an authorization code (RFC 6749 section 4.1.3). Throws TikTokRefused or TikTokUnavailable. */
export async function exchangeCode(
  app: TikTokApp,
  { code, codeVerifier }: CodeGrant,
  deadlineMs: number,
): Promise<TokenGrant> {
  const grant = await requestTokens(app, "the code exchange", deadlineMs, {
    grant_type: "authorization_code",
    code,
    redirect_uri: app.redirectUri,
    ...(codeVerifier !== undefined && { code_verifier: codeVerifier }),
  });
  if (grant.refreshToken !== undefined) return grant;
  throw new TikTokUnavailable("the code exchange", { reason: "malformed", mayHaveArrived: true });
}

/** Spends a refresh token for a new pair (RFC 6749 section 6). Throws TikTokRefused or TikTokUnavailable. */
export const refreshTokens = (app: TikTokApp, refreshToken: string, deadlineMs: number): Promise<TokenGrant> =>
  requestTokens(app, "the refresh", deadlineMs, { grant_type: "refresh_token", refresh_token: refreshToken });

/** Ends the app's whole authorization for the account that the access token belongs to. One that is ended already counts as done. */
export async function revokeToken(app: TikTokApp, accessToken: string, deadlineMs: number): Promise<void> {
  const operation = "the revocation";
  const signal = AbortSignal.timeout(deadlineMs);
  const answer = await asClient(app, (credentials) =>
    postForm(app, operation, "/v2/oauth/revoke/", signal, credentials, { token: accessToken }),
  );
  if (answer.status < 300 && (answer.empty || answer.body !== undefined) && !refusalIn(answer.body)) return;
  const failure = failureOf(operation, answer);
  if (failure instanceof TikTokRefused && ALREADY_REVOKED.has(failure.code)) return;
  throw failure;
}

/** Asks for a token of the app's own (RFC 6749 section 4.4) and drops it: TikTok knows this client. Throws TikTokRefused or TikTokUnavailable. */
export async function confirmClient(app: TikTokApp, deadlineMs: number): Promise<void> {
  const operation = "the client credentials";
  const signal = AbortSignal.timeout(deadlineMs);
  const answer = await asClient(app, (credentials) =>
    postForm(app, operation, "/v2/oauth/token/", signal, credentials, { grant_type: "client_credentials" }),
  );
  if (!ClientGranted.safeParse(answer.body).success || refusalIn(answer.body)) throw failureOf(operation, answer);
}

const ClientGranted = z.object({ access_token: Text });

const ALREADY_REVOKED = new Set(["invalid_grant", "invalid_token", "access_token_invalid"]);

async function requestTokens(app: TikTokApp, operation: string, deadlineMs: number, form: Form): Promise<TokenGrant> {
  const signal = AbortSignal.timeout(deadlineMs);
  const answer = await asClient(app, (credentials) =>
    postForm(app, operation, "/v2/oauth/token/", signal, credentials, form),
  );
  const granted = Granted.safeParse(answer.body);
  // a body with both an error and a token is a refusal
  if (!granted.success || refusalIn(answer.body)) throw failureOf(operation, answer);
  const { data } = granted;
  return {
    platformAccountId: data.open_id,
    accessToken: data.access_token,
    refreshToken: data.refresh_token || undefined,
    scopes: data.scope.split(/[,\s]+/).filter((scope) => scope !== ""),
    accessTokenExpiresAt: after(answer.sentAt, data.expires_in * 1000),
    refreshTokenExpiresAt:
      data.refresh_expires_in === undefined ? undefined : after(answer.sentAt, data.refresh_expires_in * 1000),
  };
}

type Form = Readonly<Record<string, string>>;

/** Asks again once with newly fetched credentials when TikTok does not know these. */
async function asClient(
  app: TikTokApp,
  ask: (credentials: ClientCredentials) => Promise<TikTokAnswer>,
): Promise<TikTokAnswer> {
  const credentials = await app.credentials();
  const answer = await ask(credentials);
  if (!isInvalidClient(answer)) return answer;
  const renewed = await app.renewedCredentials(credentials).catch(() => undefined);
  return renewed ? ask(renewed) : answer; // TikTok has said what is wrong, also while the secret cannot be fetched
}

const isInvalidClient = ({ body }: TikTokAnswer) => refusalIn(body)?.code === "invalid_client";

const postForm = (
  app: TikTokApp,
  operation: string,
  path: string,
  signal: AbortSignal,
  { clientKey, clientSecret }: ClientCredentials,
  form: Form,
): Promise<TikTokAnswer> =>
  askTikTok(app, {
    operation,
    path,
    init: {
      signal,
      method: "POST",
      body: new URLSearchParams({ client_key: clientKey, client_secret: clientSecret, ...form }),
    },
  });
