import { randomBytes } from "node:crypto";
import { type Clock, type Random, systemClock } from "../../lib/clock.ts";
import { type FakeAccount, fakeAccount } from "./accounts.ts";
import { authorize, decide, showError } from "./authorize.ts";
import type { Call } from "./calls.ts";
import { type Choice, consentTo } from "./consent.ts";
import { creatorInfo } from "./creator-info.ts";
import type { Endpoint } from "./exchange.ts";
import { type Fault, type FaultOptions, type FaultPoint, scriptedFaults } from "./faults.ts";
import { type Lifetimes, openLedger, type TokenPair } from "./ledger.ts";
import { slidingMinute } from "./rate-limit.ts";
import { listen, tiktokServer } from "./server.ts";
import { revoke, token } from "./token.ts";
import { userInfo } from "./user-info.ts";
import { type SignedWebhook, signedWebhook, type WebhookEvent, type WebhookOptions } from "./webhook.ts";
import type { Settings, World } from "./world.ts";

export interface FakeTikTok {
  readonly origin: string;
  readonly authorizeUrl: string;
  readonly app: { readonly clientKey: string; readonly clientSecret: string };
  readonly settings: Settings;
  readonly lifetimes: Lifetimes;
  /** Both worlds of TikTok's token lifetimes. For tokens issued from now on. */
  regime(name: "2h" | "24h"): void;
  /** Gives the app a new secret; the old one is refused at once. */
  rotateSecret(): string;
  registerRedirectUri(uri: string): void;
  addAccount(account?: Partial<FakeAccount>): FakeAccount;
  /** Does what the person does on the consent page. Returns where the browser is sent: the callback or TikTok's error page. */
  consent(authorizeUrl: string | URL, choice: Choice): Promise<URL>;
  /** Tokens as after consent and exchange, without either. */
  grant(openId: string, scopes?: readonly string[]): TokenPair;
  fault(point: FaultPoint, fault: Fault, options?: FaultOptions): void;
  clearFaults(): void;
  readonly calls: readonly Call[];
  isWorkingAccessToken(token: string): boolean;
  isWorkingRefreshToken(token: string): boolean;
  /** How often this account's tokens were refreshed. */
  rotations(openId: string): number;
  authorized(openId: string): boolean;
  /** The person disconnects the app at TikTok: every token dies. */
  removeAuthorization(openId: string): void;
  webhook(event: WebhookEvent, options?: WebhookOptions): SignedWebhook;
  /** Every code, token, state, verifier and client secret that was issued or seen. */
  readonly issued: ReadonlySet<string>;
  stop(): Promise<void>;
}

export interface FakeTikTokOptions {
  port?: number;
  clock?: Clock;
  random?: Random;
  clientKey?: string;
  clientSecret?: string;
  /** What the app was approved for. */
  scopes?: readonly string[];
  redirectUris?: readonly string[];
  latencyMs?: number;
}

const REGIMES = {
  "2h": { accessSeconds: 7_200, refreshSeconds: 15_552_000 },
  "24h": { accessSeconds: 86_400, refreshSeconds: 31_536_000 },
};

const SCOPES = [
  "user.info.basic",
  "user.info.profile",
  "user.info.stats",
  "video.publish",
  "video.upload",
  "video.list",
];

const ENDPOINTS: readonly Endpoint[] = [
  { name: "authorize", method: "GET", path: "/v2/auth/authorize/", act: authorize },
  { name: "consent", method: "POST", path: "/v2/auth/authorize/", act: decide },
  { name: "error_page", method: "GET", path: "/v2/auth/error/", act: showError },
  { name: "token", method: "POST", path: "/v2/oauth/token/", act: token },
  { name: "revoke", method: "POST", path: "/v2/oauth/revoke/", act: revoke },
  { name: "user_info", method: "GET", path: "/v2/user/info/", act: userInfo },
  { name: "creator_info", method: "POST", path: "/v2/post/publish/creator_info/query/", act: creatorInfo },
];

/** TikTok on a loopback port, as strict as the real one and as faulty as a test wants it. */
export async function startFakeTikTok(options: FakeTikTokOptions = {}): Promise<FakeTikTok> {
  const clock = options.clock ?? systemClock;
  const issued = new Set<string>();
  const saw = (secret: string) => {
    // Shorter ones are a test's own nonsense and would turn up by chance.
    if (secret.length >= 16) issued.add(secret);
  };
  const newSecret = () => {
    const secret = randomBytes(24).toString("base64url");
    saw(secret);
    return secret;
  };
  const lifetimes: Lifetimes = { ...REGIMES["2h"], codeSeconds: 300 };
  const server = tiktokServer(ENDPOINTS, () => world);
  const origin = await listen(server, options.port ?? 0);
  const world: World = {
    origin,
    app: {
      clientKey: options.clientKey ?? `aw${randomBytes(8).toString("hex")}`,
      clientSecret: options.clientSecret ?? newSecret(),
      scopes: new Set(options.scopes ?? SCOPES),
      redirectUris: new Set(),
    },
    clock,
    settings: {
      tokenErrorStatus: 200,
      pkce: "optional",
      rotatesRefreshTokens: true,
      refreshEndsAccessTokens: false,
      latencyMs: options.latencyMs ?? 0,
      rateLimits: { init: 6, creator_info: 20, status: 30, user_info: 600 },
    },
    lifetimes,
    accounts: new Map(),
    ledger: openLedger(clock, lifetimes, saw),
    faults: scriptedFaults(options.random ?? Math.random),
    calls: [],
    withinRate: slidingMinute(clock),
    lastConsent: undefined,
    saw,
  };
  const { app, accounts, ledger, faults } = world;
  saw(app.clientSecret);
  for (const uri of options.redirectUris ?? []) registerRedirectUri(app.redirectUris, uri);

  return {
    origin,
    authorizeUrl: `${origin}/v2/auth/authorize/`,
    app,
    settings: world.settings,
    lifetimes,
    calls: world.calls,
    issued,
    regime: (name) => void Object.assign(lifetimes, REGIMES[name]),
    rotateSecret() {
      app.clientSecret = newSecret();
      return app.clientSecret;
    },
    registerRedirectUri: (uri) => registerRedirectUri(app.redirectUris, uri),
    addAccount(known = {}) {
      const account = fakeAccount(known, accounts.size + 1);
      accounts.set(account.openId, account);
      return account;
    },
    consent: (authorizeUrl, choice) => consentTo(new URL(authorizeUrl), choice, origin),
    grant: (openId, scopes = ["user.info.basic", "video.publish"]) => ledger.issue({ openId, scopes }),
    fault: faults.add,
    clearFaults: faults.clear,
    isWorkingAccessToken: (accessToken) => ledger.accessGrant(accessToken) !== undefined,
    isWorkingRefreshToken: ledger.isWorkingRefreshToken,
    rotations: ledger.rotations,
    authorized: (openId) => ledger.authorizedScopes(openId) !== undefined,
    removeAuthorization: ledger.removeAuthorization,
    webhook: (event, webhookOptions = {}) => signedWebhook(event, webhookOptions, world),
    async stop() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

/** Registers what TikTok's developer portal would take. */
function registerRedirectUri(registered: Set<string>, uri: string): void {
  const { protocol, hostname, search, hash } = new URL(uri);
  const loopback = hostname === "127.0.0.1" || hostname === "localhost";
  if (search !== "" || hash !== "" || uri.length >= 512 || !(protocol === "https:" || loopback))
    throw new Error("A redirect URI is https or loopback, static, and shorter than 512 characters");
  registered.add(uri);
}
