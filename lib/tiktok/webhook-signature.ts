import { constantTimeEqual } from "../crypto/digest.ts";
import { hmacSha256Hex } from "../crypto/signature.ts";
import type { ClientCredentials } from "./app.ts";

const HOUR_MS = 3_600_000;
const OLDEST_MS = 73 * HOUR_MS; // TikTok retries for 72 hours, and a retry may carry the time of the first attempt
const AHEAD_MS = HOUR_MS;

export type SignatureProblem = "signature_missing" | "signature_invalid" | "signed_too_long_ago" | "signed_in_future";

type Secrets = Pick<ClientCredentials, "clientSecret" | "previousClientSecret">;

/** What is wrong with the `TikTok-Signature` of these bytes; undefined when one of the two secrets made it, and lately enough. */
export function signatureProblem(
  header: string | undefined,
  body: Uint8Array,
  secrets: Secrets,
  now: Date,
): SignatureProblem | undefined {
  const signature = signatureIn(header ?? "");
  if (!signature) return "signature_missing";
  const message = Buffer.concat([Buffer.from(`${signature.t}.`), body]);
  if (!isMadeByOneOf(secrets, message, signature.s)) return "signature_invalid";
  const ageMs = now.getTime() - Number(signature.t) * 1000;
  if (ageMs > OLDEST_MS) return "signed_too_long_ago";
  if (ageMs < -AHEAD_MS) return "signed_in_future";
  return undefined;
}

function isMadeByOneOf({ clientSecret, previousClientSecret }: Secrets, message: Uint8Array, s: string): boolean {
  const isMadeBy = (secret: string) => constantTimeEqual(hmacSha256Hex(secret, message), s.toLowerCase());
  const byCurrent = isMadeBy(clientSecret);
  return (previousClientSecret !== undefined && isMadeBy(previousClientSecret)) || byCurrent;
}

/** `t=<unix seconds>,s=<hex>`, each once. */
function signatureIn(header: string): { t: string; s: string } | undefined {
  const parts = header.split(",").map((part) => part.trim());
  const [t, secondT] = valuesOf("t", parts);
  const [s, secondS] = valuesOf("s", parts);
  if (t === undefined || s === undefined || secondT !== undefined || secondS !== undefined) return undefined;
  return /^\d{1,12}$/.test(t) && /^[0-9a-f]{64}$/i.test(s) ? { t, s } : undefined;
}

const valuesOf = (name: string, parts: readonly string[]): string[] =>
  parts.filter((part) => part.startsWith(`${name}=`)).map((part) => part.slice(name.length + 1));
