import { hkdfSync } from "node:crypto";

/** HKDF with SHA-256 (RFC 5869), extract and expand. Node takes at most 1024 bytes of info. */
export function hkdfSha256(
  secret: Uint8Array | string,
  salt: Uint8Array | string,
  info: Uint8Array | string,
  length: number,
): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, salt, info, length));
}
