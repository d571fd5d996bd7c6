import { randomBytes } from "node:crypto";
import type { SecretJson } from "./stored-secret.ts";

export type Keyring = SecretJson["tokenKeyring"];

/** A warm function may use the secret it has for 5 minutes, and for 15 more while it cannot fetch another one. */
export const EVERYBODY_KNOWS_AFTER_MS = 20 * 60_000;

/** Where the keyring stands between two keys. The names' order is the order of their making. */
export type KeyringStep =
  | { readonly kind: "settled" }
  /** A newer key is published: once every function knows it, it may become current. */
  | { readonly kind: "published"; readonly keyId: string; readonly safeAt: Date }
  /** A newer key is current: once every function seals with it, tokens can be resealed and the older keys removed. */
  | { readonly kind: "switched"; readonly older: readonly string[]; readonly safeAt: Date };

export function keyringStep({ current, keys }: Keyring, writtenAt: Date): KeyringStep {
  const safeAt = new Date(writtenAt.getTime() + EVERYBODY_KNOWS_AFTER_MS);
  const keyIds = Object.keys(keys);
  const newest = keyIds.at(-1) ?? current;
  if (newest !== current) return { kind: "published", keyId: newest, safeAt };
  const older = keyIds.filter((keyId) => keyId !== current);
  return older.length > 0 ? { kind: "switched", older, safeAt } : { kind: "settled" };
}

export const newKey = (): string => randomBytes(32).toString("base64");

export function withPublishedKey({ current, keys }: Keyring): { keyring: Keyring; keyId: string } {
  const numbers = Object.keys(keys).map((keyId) => Number(/^k(\d+)$/.exec(keyId)?.[1] ?? 0));
  const keyId = `k${Math.max(0, ...numbers) + 1}`;
  return { keyId, keyring: { current, keys: { ...keys, [keyId]: newKey() } } };
}

export const withoutKey = ({ current, keys }: Keyring, keyId: string): Keyring => ({
  current,
  keys: Object.fromEntries(Object.entries(keys).filter(([other]) => other !== keyId)),
});

/** What to do next, in one sentence. */
export function nextStep(step: KeyringStep): string {
  switch (step.kind) {
    case "settled":
      return "One key, nothing to do. rotate-key begins with a new one.";
    case "published":
      return `Next, from ${time(step.safeAt)} on, when every function knows ${step.keyId}: rotate-key again makes it current.`;
    case "switched":
      return `Next, from ${time(step.safeAt)} on: npm run reencrypt -- --apply, then remove-key ${step.older.join(", remove-key ")}.`;
  }
}

export const time = (at: Date): string => `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
