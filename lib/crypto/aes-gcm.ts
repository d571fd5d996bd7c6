import { createCipheriv, createDecipheriv } from "node:crypto";

export const IV_BYTES = 12;
export const TAG_BYTES = 16;

export interface Sealed {
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

const options = { authTagLength: TAG_BYTES };

/** AES-256-GCM with a 96-bit IV (NIST SP 800-38D). The IV must never be used twice with one key. */
export function encrypt(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array, bound: Uint8Array): Sealed {
  const cipher = createCipheriv("aes-256-gcm", key, iv, options).setAAD(bound);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { iv, ciphertext, tag: cipher.getAuthTag() };
}

/** The plaintext, or undefined when IV or tag have another length or the whole does not authenticate. */
export function decrypt(key: Uint8Array, sealed: Sealed, bound: Uint8Array): Uint8Array | undefined {
  if (sealed.iv.length !== IV_BYTES || sealed.tag.length !== TAG_BYTES) return undefined;
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.iv, options).setAAD(bound).setAuthTag(sealed.tag);
  const plaintext = decipher.update(sealed.ciphertext);
  try {
    return Buffer.concat([plaintext, decipher.final()]);
  } catch {
    return undefined; // final() has no other way to say that the tag does not match
  }
}
