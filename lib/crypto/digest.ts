import { hash, randomBytes, timingSafeEqual } from "node:crypto";

/** SHA-256 of the text's UTF-8 bytes, in base64url. */
export function sha256(text: string): string {
  return hash("sha256", text, "base64url");
}

/** `size` random bytes in base64url. */
export function randomToken(size = 32, random: (size: number) => Uint8Array = (bytes) => randomBytes(bytes)): string {
  return Buffer.from(random(size)).toString("base64url");
}

/** Equality whose duration says nothing about where, or whether in length, the two differ. */
export function constantTimeEqual(left: string, right: string): boolean {
  return timingSafeEqual(hash("sha256", left, "buffer"), hash("sha256", right, "buffer"));
}
