import { createHash, randomBytes } from "node:crypto";

/** How the challenge is encoded; TikTok's desktop apps want hex where RFC 7636 says base64url. */
export type PkceEncoding = "off" | "hex" | "base64url";

export interface Pkce {
  readonly verifier: string;
  readonly challenge: string;
}

/** A verifier of 43 characters and its S256 challenge (RFC 7636 section 4), or nothing when switched off. */
export function createPkce(encoding: PkceEncoding): Pkce | undefined {
  if (encoding === "off") return undefined;
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: challengeOf(verifier, encoding) };
}

export const challengeOf = (verifier: string, encoding: "hex" | "base64url"): string =>
  createHash("sha256").update(verifier, "ascii").digest(encoding);
