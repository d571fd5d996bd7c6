import type { Logger } from "@aws-lambda-powertools/logger";
import { type Clock, type Random, systemClock } from "../lib/clock.ts";
import { appOriginIn, type Env, parseEnv } from "../lib/config/env.ts";
import { type Secret, type SecretStore, secretStore } from "../lib/config/secret.ts";
import { fetchSecretText } from "../lib/config/secrets-manager.ts";
import { type TokenCipher, tokenCipher } from "../lib/crypto/token-cipher.ts";
import { type Connection, databaseConnection } from "../lib/mongo/connection.ts";
import { createLogger } from "../lib/observability/log.ts";
import { emitMetrics, type MetricValues } from "../lib/observability/metrics.ts";
import type { TikTokApp } from "../lib/tiktok/app.ts";
import { exchange } from "../lib/tiktok/exchange.ts";

/** What a function may need, built once per environment. */
export interface Runtime {
  readonly env: Env;
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: SecretStore;
  readonly mongo: Connection;
}

export const HTTP_POOL = 5;
export const JOB_POOL = 10;

export const loggerOf = (functionName: string): Logger => createLogger(functionName);

/** Emits a function's numbers; read apart from the rest of the environment, so that they are told also when that is wrong. */
export const metricsOf = (serviceName: string) => (values: MetricValues) => {
  const namespace = process.env.METRICS_NAMESPACE || "ConnectTikTok";
  if (namespace !== "off") emitMetrics({ namespace, serviceName }, values);
};

/** Builds the runtime when it is first asked for; a build that failed is tried again with the next request. */
export function lazyRuntime(appName: string, maxPoolSize: number): () => Runtime {
  let built: Runtime | undefined;
  return () => {
    // the deployed name, so that the database's own log tells the stages apart
    built ??= buildRuntime(parseEnv(process.env), {
      appName: process.env.AWS_LAMBDA_FUNCTION_NAME ?? appName,
      maxPoolSize,
    });
    return built;
  };
}

function buildRuntime(env: Env, pool: { appName: string; maxPoolSize: number }): Runtime {
  const secrets = secretStore(() => fetchSecretText(env.SECRET_ID), systemClock);
  const uris = {
    current: async () => (await secrets.current()).mongodbUri,
    renewed: async () => (await secrets.renew(await secrets.current())).mongodbUri,
  };
  return {
    env,
    clock: systemClock,
    random: Math.random,
    secrets,
    mongo: databaseConnection(uris, pool, env.MONGODB_DB),
  };
}

export function tiktokApp({ env, clock, secrets }: Runtime): TikTokApp {
  return {
    authorizeUrl: env.TIKTOK_AUTHORIZE_URL,
    apiOrigin: env.TIKTOK_API_ORIGIN,
    redirectUri: `${env.API_ORIGIN}/tiktok/callback`,
    clock,
    fetch: exchange,
    credentials: async () => (await secrets.current()).tiktok,
    renewedCredentials: async (refused) => {
      const secret = await secrets.current();
      return secret.tiktok === refused ? (await secrets.renew(secret)).tiktok : secret.tiktok;
    },
  };
}

const ciphers = new WeakMap<Secret, TokenCipher>();

/** The cipher of the current keyring, made once per secret. */
export async function currentCipher({ secrets }: Runtime): Promise<TokenCipher> {
  const secret = await secrets.current();
  const cipher = ciphers.get(secret) ?? tokenCipher(secret.tokenKeyring);
  ciphers.set(secret, cipher);
  return cipher;
}

/** Where the app lives, for the one answer that must succeed when the rest of the environment is wrong. */
export const appOriginOrRelative = (): string | undefined => appOriginIn(process.env);
