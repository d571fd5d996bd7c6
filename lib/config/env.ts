import * as z from "zod";

const httpUrl = z.url({ protocol: /^https?$/, error: "must be an http(s) URL", abort: true });
const originOf = (url: string) => new URL(url).origin;

const origin = httpUrl
  .refine(
    (url) => ["", "/"].includes(new URL(url).pathname) && !/[?#@]/.test(url),
    "must be an origin: no path, query or user",
  )
  .transform(originOf);

const baseUrl = httpUrl
  .refine((url) => !/[?#@]/.test(url), "must carry no query, fragment or user")
  .transform((url) => url.replace(/\/+$/, ""));

const list = z.string().transform((text) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== ""),
);
const listOr = (fallback: string) => list.default(fallback.split(","));
const positive = z.coerce.number().int().min(1);

const Variables = z.object({
  SECRET_ID: z.string(),
  APP_ORIGIN: origin,
  API_ORIGIN: baseUrl,
  MONGODB_DB: z.string().optional(),
  ALLOWED_ORIGINS: list.pipe(z.array(origin)).optional(),
  SESSION_COOKIE_NAMES: list.optional(),
  TIKTOK_SCOPES: listOr("user.info.basic,video.publish"),
  TIKTOK_REQUIRED_SCOPES: listOr("user.info.basic"),
  TIKTOK_PKCE: z.enum(["off", "hex", "base64url"]).default("off"),
  TIKTOK_AUTHORIZE_URL: httpUrl.default("https://www.tiktok.com/v2/auth/authorize/"),
  TIKTOK_API_ORIGIN: origin.default("https://open.tiktokapis.com"),
  ACCOUNT_OWNERSHIP: z.enum(["shared", "exclusive"]).default("shared"),
  MAX_ACCOUNTS_PER_USER: positive.max(1000).default(50),
  RESCUE_QUEUE_URL: httpUrl.optional(),
  POSTS_QUEUE_URL: httpUrl.optional(),
  EVENT_BUS_NAME: z.string().optional(),
  REFRESH_CONCURRENCY: positive.max(500).default(50),
  LOG_LEVEL: z.enum(["TRACE", "DEBUG", "INFO", "WARN", "ERROR"]).default("INFO"),
});

export const Env = Variables.transform((env) => ({
  ...env,
  ALLOWED_ORIGINS: env.ALLOWED_ORIGINS ?? [env.APP_ORIGIN],
}));
export type Env = z.infer<typeof Env>;

const NOTHING = /^[\s,]*$/;

/** The parsed environment; the error lists every problem at once. An empty variable, or a list of nothing, counts as an absent one. */
export function parseEnv(variables: Readonly<Record<string, string | undefined>>): Env {
  const given = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && !NOTHING.test(value)),
  );
  const env = Env.safeParse(given);
  if (!env.success) throw new Error(`Invalid environment\n${z.prettifyError(env.error)}`);
  return env.data;
}

/** The app's origin alone, when the rest of the environment may be wrong. */
export const appOriginIn = ({ APP_ORIGIN }: Readonly<Record<string, string | undefined>>): string | undefined =>
  origin.safeParse(APP_ORIGIN).data;
