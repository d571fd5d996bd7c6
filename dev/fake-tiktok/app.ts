import { randomBytes } from "node:crypto";

/** The developer's app, as registered at TikTok. */
export interface App {
  readonly clientKey: string;
  clientSecret: string;
  /** What it was approved for. */
  readonly scopes: ReadonlySet<string>;
  readonly redirectUris: Set<string>;
}

export interface Registration {
  clientKey?: string;
  clientSecret?: string;
  scopes?: readonly string[];
  redirectUris?: readonly string[];
}

const EVERY_SCOPE = [
  "user.info.basic",
  "user.info.profile",
  "user.info.stats",
  "video.publish",
  "video.upload",
  "video.list",
];

export const newSecret = (): string => randomBytes(24).toString("base64url");

export function registerApp(registration: Registration): App {
  return {
    clientKey: registration.clientKey ?? `aw${randomBytes(8).toString("hex")}`,
    clientSecret: registration.clientSecret ?? newSecret(),
    scopes: new Set(registration.scopes ?? EVERY_SCOPE),
    redirectUris: new Set(registration.redirectUris?.map(registrable)),
  };
}

/** The URI itself, or an error where TikTok's portal would refuse it. Loopback passes as it does for desktop apps. */
export function registrable(uri: string): string {
  const { protocol, hostname, search, hash } = new URL(uri);
  const loopback = hostname === "127.0.0.1" || hostname === "localhost";
  if (search !== "" || hash !== "" || uri.length >= 512 || !(protocol === "https:" || loopback))
    throw new Error("A redirect URI is https or loopback, static, and shorter than 512 characters");
  return uri;
}
