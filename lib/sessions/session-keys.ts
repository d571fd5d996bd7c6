import { hash } from "node:crypto";
import { hkdfSha256 } from "../crypto/hkdf.ts";
import type { SessionCookie } from "./cookie-names.ts";

export interface SessionKey {
  readonly key: Uint8Array;
  readonly contentEncryption: "A256CBC-HS512" | "A256GCM";
}

/** Every key that a session JWT in this cookie may be encrypted with. */
export function sessionKeys({ name, libraries }: SessionCookie, secrets: readonly string[]): readonly SessionKey[] {
  return libraries.flatMap((library) =>
    secrets.map((secret) => (library === "authjs" ? authJsKey(secret, name) : nextAuthKey(secret))),
  );
}

/** Auth.js 5 salts with the cookie's whole name, prefix included. */
function authJsKey(secret: string, cookieName: string): SessionKey {
  const info = `Auth.js Generated Encryption Key (${cookieName})`;
  return { key: hkdfSha256(secret, cookieName, info, 64), contentEncryption: "A256CBC-HS512" };
}

/** NextAuth 4 does not salt. */
function nextAuthKey(secret: string): SessionKey {
  return { key: hkdfSha256(secret, "", "NextAuth.js Generated Encryption Key", 32), contentEncryption: "A256GCM" };
}

/** The key id that Auth.js puts into the header: the key's JWK thumbprint (RFC 7638) with SHA-512. */
export function thumbprint(key: Uint8Array): string {
  return hash("sha512", JSON.stringify({ k: Buffer.from(key).toString("base64url"), kty: "oct" }), "base64url");
}
