import { createHmac } from "node:crypto";

/** HMAC-SHA256 (RFC 2104) in lower-case hex. */
export function hmacSha256Hex(key: string | Uint8Array, message: string | Uint8Array): string {
  return createHmac("sha256", key).update(message).digest("hex");
}
