import type { Sealed } from "./aes-gcm.ts";

export interface TokenEnvelope extends Sealed {
  readonly keyId: string;
}

const KEY_ID = /^[A-Za-z0-9_-]+$/;

export const isKeyId = (text: string): boolean => KEY_ID.test(text);

export function writeEnvelope({ keyId, iv, ciphertext, tag }: TokenEnvelope): string {
  return ["v1", keyId, ...[iv, ciphertext, tag].map((part) => Buffer.from(part).toString("base64url"))].join(".");
}

/** Undefined unless the text is exactly what `writeEnvelope` would write for what it holds. */
export function readEnvelope(text: string): TokenEnvelope | undefined {
  const [version, keyId, iv, ciphertext, tag, ...more] = text.split(".");
  if (version !== "v1" || keyId === undefined || tag === undefined || more.length > 0 || !isKeyId(keyId))
    return undefined;
  const envelope = { keyId, iv: bytes(iv), ciphertext: bytes(ciphertext), tag: bytes(tag) };
  return writeEnvelope(envelope) === text ? envelope : undefined; // Buffer skips what is not base64url, so compare
}

const bytes = (part = ""): Uint8Array => Buffer.from(part, "base64url");
