import * as z from "zod/mini";
import type { Clock } from "../clock.ts";
import "../zod-messages.ts";

const text = z.string().check(z.minLength(1));
const bytes = z.pipe(
  z.base64(),
  z.transform((base64) => new Uint8Array(Buffer.from(base64, "base64"))),
);
const MasterKey = bytes.check(z.refine((key) => key.length === 32, "must be 32 bytes in base64"));

export const Secret = z.object({
  mongodbUri: z.string().check(z.regex(/^mongodb(\+srv)?:\/\//, "must be a MongoDB connection string")),
  tiktok: z.object({
    clientKey: text,
    clientSecret: text,
    previousClientSecret: z.pipe(
      z.nullish(z.string()),
      z.transform((given) => given || undefined),
    ),
  }),
  tokenKeyring: z
    .object({ current: z.string(), keys: z.record(z.string().check(z.regex(/^[A-Za-z0-9_-]+$/)), MasterKey) })
    .check(z.refine((ring) => ring.current in ring.keys, "current must name one of the keys")),
  sessionSecrets: z.array(text).check(z.minLength(1)),
});
export type Secret = z.infer<typeof Secret>;

export interface SecretStore {
  /** The secret, at most 300 s old; an older one serves up to 15 minutes more while it cannot be fetched. */
  current(): Promise<Secret>;
  /** A secret fetched after `stale` was; callers that hold the same stale one share the fetch. */
  renew(stale: Secret): Promise<Secret>;
}

const FRESH_MS = 300_000;
const USABLE_MS = FRESH_MS + 900_000;
const RETRY_MS = 30_000; // one request in 30 s waits for a Secrets Manager that is down

export function secretStore(fetchText: () => Promise<string>, clock: Clock): SecretStore {
  let held: { secret: Secret; at: number } | undefined;
  let fetching: Promise<Secret> | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;

  const age = () => (held ? clock().getTime() - held.at : Number.POSITIVE_INFINITY);

  function fetchOnce(): Promise<Secret> {
    fetching ??= fetchText()
      .then((text) => {
        held = { secret: parseSecret(text), at: clock().getTime() };
        return held.secret;
      })
      .finally(() => {
        fetching = undefined;
      });
    return fetching;
  }

  return {
    async current() {
      const now = clock().getTime();
      const enough = now - failedAt < RETRY_MS ? USABLE_MS : FRESH_MS;
      if (held && age() < enough) return held.secret;
      return fetchOnce().catch((error: unknown) => {
        failedAt = now;
        if (held && age() < USABLE_MS) return held.secret;
        throw error;
      });
    },
    async renew(stale) {
      return held && held.secret !== stale ? held.secret : fetchOnce();
    },
  };
}

// zod's issues name paths and rules, never values
function parseSecret(text: string): Secret {
  const secret = Secret.safeParse(parseJson(text));
  if (!secret.success) throw new Error(`Invalid secret\n${z.prettifyError(secret.error)}`);
  return secret.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the parser's own message would quote the secret
  }
}
