import * as z from "zod/mini";
import "../zod-messages.ts";

const httpUrl = z.url({ protocol: /^https?$/, error: "must be an http(s) URL", abort: true });
const originOf = (url: string) => new URL(url).origin;

const bareOrigin = z.refine<string>(
  (url) => ["", "/"].includes(new URL(url).pathname) && !/[?#@]/.test(url),
  "must be an origin: no path, query or user",
);
const origin = z.pipe(httpUrl.check(bareOrigin), z.transform(originOf));

const bareBase = z.refine<string>((url) => !/[?#@]/.test(url), "must carry no query, fragment or user");
const baseUrl = z.pipe(
  httpUrl.check(bareBase),
  z.transform((url) => url.replace(/\/+$/, "")),
);

const itemsIn = (text: string) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
const list = z.pipe(z.string(), z.transform(itemsIn));
const listOr = (fallback: string) => z._default(list, itemsIn(fallback));
const countOr = (fallback: number, most: number) =>
  z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(most)), fallback);

const Variables = z.object({
  SECRET_ID: z.string(),
  APP_ORIGIN: origin,
  API_ORIGIN: baseUrl,
  MONGODB_DB: z.optional(z.string()),
  ALLOWED_ORIGINS: z.optional(z.pipe(list, z.array(origin))),
  SESSION_COOKIE_NAMES: z.optional(list),
  TIKTOK_SCOPES: listOr("user.info.basic,video.publish"),
  TIKTOK_REQUIRED_SCOPES: listOr("user.info.basic"),
  TIKTOK_PKCE: z._default(z.enum(["off", "hex", "base64url"]), "off"),
  TIKTOK_AUTHORIZE_URL: z._default(httpUrl, "https://www.tiktok.com/v2/auth/authorize/"),
  TIKTOK_API_ORIGIN: z._default(origin, "https://open.tiktokapis.com"),
  ACCOUNT_OWNERSHIP: z._default(z.enum(["shared", "exclusive"]), "shared"),
  MAX_ACCOUNTS_PER_USER: countOr(50, 1000),
  RESCUE_QUEUE_URL: z.optional(httpUrl),
  POSTS_QUEUE_URL: z.optional(httpUrl),
  EVENT_BUS_NAME: z.optional(z.string()),
  REFRESH_CONCURRENCY: countOr(50, 500),
  LOG_LEVEL: z._default(z.enum(["TRACE", "DEBUG", "INFO", "WARN", "ERROR"]), "INFO"),
});

export type Env = z.infer<typeof Variables> & { ALLOWED_ORIGINS: string[] };

const NOTHING = /^[\s,]*$/;

/** The parsed environment; the error lists every problem at once. An empty variable, or a list of nothing, counts as an absent one. */
export function parseEnv(variables: Readonly<Record<string, string | undefined>>): Env {
  const given = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && !NOTHING.test(value)),
  );
  const env = Variables.safeParse(given);
  if (!env.success) throw new Error(`Invalid environment\n${z.prettifyError(env.error)}`);
  return { ...env.data, ALLOWED_ORIGINS: env.data.ALLOWED_ORIGINS ?? [env.data.APP_ORIGIN] };
}

/** The app's origin alone, when the rest of the environment may be wrong. */
export const appOriginIn = ({ APP_ORIGIN }: Readonly<Record<string, string | undefined>>): string | undefined =>
  origin.safeParse(APP_ORIGIN).data;
