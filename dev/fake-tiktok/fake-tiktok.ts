import { type Clock, type Random, systemClock } from "../../lib/clock.ts";
import { type FakeAccount, fakeAccount } from "./accounts.ts";
import { newSecret, type Registration, registerApp, registrable } from "./app.ts";
import type { Call } from "./calls.ts";
import { type Choice, consentTo } from "./consent.ts";
import { type Fault, type FaultOptions, type FaultPoint, scriptedFaults } from "./faults.ts";
import { type Lifetimes, openLedger, type TokenPair } from "./ledger.ts";
import { openPublishing, type Publish } from "./publishing.ts";
import { slidingMinute } from "./rate-limit.ts";
import { listen, tiktokServer } from "./server.ts";
import { openUploads } from "./upload.ts";
import { type SignedWebhook, signedWebhook, type WebhookEvent, type WebhookOptions } from "./webhook.ts";
import { removeAuthorization, type Settings, strictest, type World } from "./world.ts";

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
  /** Lets posts pull their media from URLs that begin so. */
  verifyUrlPrefix(prefix: string): void;
  /** Every publish TikTok accepted for this account, in order. */
  publishes(openId: string): readonly Publish[];
  /** Ends a publish now: published, or failed for that reason. */
  finishPublish(publishId: string, failReason?: string): void;
  webhook(event: WebhookEvent, options?: WebhookOptions): SignedWebhook;
  /** Every code, token, state, verifier and client secret that was issued or seen. */
  readonly issued: ReadonlySet<string>;
  stop(): Promise<void>;
}

export interface FakeTikTokOptions extends Registration {
  port?: number;
  clock?: Clock;
  random?: Random;
  latencyMs?: number;
}

const REGIMES = {
  "2h": { accessSeconds: 7_200, refreshSeconds: 15_552_000 },
  "24h": { accessSeconds: 86_400, refreshSeconds: 31_536_000 },
};

/** TikTok on a loopback port, as strict as the real one and as faulty as a test wants it. */
export async function startFakeTikTok(options: FakeTikTokOptions = {}): Promise<FakeTikTok> {
  const clock = options.clock ?? systemClock;
  const issued = new Set<string>();
  const saw = (secret: string) => {
    // Shorter ones are a test's own nonsense and would turn up by chance.
    if (secret.length >= 16) issued.add(secret);
  };
  const lifetimes: Lifetimes = { ...REGIMES["2h"], codeSeconds: 300 };
  const server = tiktokServer(() => world);
  const origin = await listen(server, options.port ?? 0);
  const app = registerApp(options);
  saw(app.clientSecret);
  const settings = { ...strictest(), latencyMs: options.latencyMs ?? 0 };
  const world: World = {
    origin,
    app,
    clock,
    settings,
    accounts: new Map(),
    ledger: openLedger(clock, lifetimes, saw),
    publishing: openPublishing(clock, settings),
    uploads: openUploads(origin, clock, saw),
    urlPrefixes: [],
    faults: scriptedFaults(options.random ?? Math.random),
    calls: [],
    withinRate: slidingMinute(clock),
    lastConsent: undefined,
    saw,
  };
  const { accounts, ledger, faults, publishing } = world;

  return {
    origin,
    authorizeUrl: `${origin}/v2/auth/authorize/`,
    app,
    settings,
    lifetimes,
    calls: world.calls,
    issued,
    regime: (name) => void Object.assign(lifetimes, REGIMES[name]),
    rotateSecret() {
      app.clientSecret = newSecret();
      saw(app.clientSecret);
      return app.clientSecret;
    },
    registerRedirectUri: (uri) => void app.redirectUris.add(registrable(uri)),
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
    removeAuthorization: (openId) => removeAuthorization(world, openId),
    verifyUrlPrefix: (prefix) => void world.urlPrefixes.push(prefix),
    publishes: publishing.of,
    finishPublish: publishing.finish,
    webhook: (event, webhookOptions = {}) => signedWebhook(event, webhookOptions, world),
    async stop() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}
