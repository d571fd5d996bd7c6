import { jwtDecrypt } from "jose/jwt/decrypt";
import { type SessionKey, thumbprint } from "./session-keys.ts";

const CLOCK_TOLERANCE_SECONDS = 15; // both libraries' own

/** A JWE in compact form has five parts; a database session's token has no dots. */
export const looksEncrypted = (value: string): boolean => value.split(".").length === 5;

/** The user's id in a session JWT; undefined when no key opens it or it is not valid now. */
export async function userOfSessionJwt(
  token: string,
  keys: readonly SessionKey[],
  now: Date,
): Promise<string | undefined> {
  for (const key of keys) {
    const userId = await subject(token, key, now);
    if (userId) return userId;
  }
  return undefined;
}

async function subject(token: string, { key, contentEncryption }: SessionKey, now: Date): Promise<string | undefined> {
  const keyNamed = ({ kid }: { kid?: string }) => {
    if (kid !== undefined && kid !== thumbprint(key)) throw new Error("Encrypted with another key");
    return key;
  };
  try {
    const { payload } = await jwtDecrypt(token, keyNamed, {
      keyManagementAlgorithms: ["dir"],
      contentEncryptionAlgorithms: [contentEncryption],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: now,
      requiredClaims: ["exp"],
    });
    return typeof payload.sub === "string" ? payload.sub : undefined;
  } catch {
    return undefined; // decrypting has no outages: whatever was wrong was wrong with the token
  }
}
