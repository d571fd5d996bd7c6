import { randomBytes } from "node:crypto";
import { decrypt, encrypt, IV_BYTES } from "./aes-gcm.ts";
import { hkdfSha256 } from "./hkdf.ts";
import { isKeyId, readEnvelope, writeEnvelope } from "./token-envelope.ts";

/** 32-byte master keys by id: `current` seals, all of them open. */
export interface Keyring {
  readonly current: string;
  readonly keys: Readonly<Record<string, Uint8Array>>;
}

/** Where a token lives. A sealed token opens nowhere else. */
export interface TokenPlace {
  platform: string;
  platformAccountId: string;
  userId: string;
  field: "accessToken" | "refreshToken" | "uploadUrl";
}

export interface TokenCipher {
  readonly currentKeyId: string;
  seal(token: string, place: TokenPlace): string;
  /** Throws `TokenUnreadable`. */
  open(envelope: string, place: TokenPlace): string;
}

export class TokenUnreadable extends Error {
  override readonly name = "TokenUnreadable";
}

const KEY_BYTES = 32;

export function tokenCipher(
  keyring: Keyring,
  random: (size: number) => Uint8Array = (size) => randomBytes(size),
): TokenCipher {
  const masterKeys = new Map(Object.entries(keyring.keys));
  const currentKey = masterKeys.get(keyring.current);
  if (!currentKey) throw new Error(`The keyring has no key ${keyring.current}`);
  for (const [keyId, key] of masterKeys) {
    if (!isKeyId(keyId)) throw new Error("A key id may hold letters, digits, - and _ only");
    if (key.length !== KEY_BYTES) throw new Error(`Key ${keyId} has ${key.length} bytes instead of ${KEY_BYTES}`);
  }

  return {
    currentKeyId: keyring.current,

    seal(token, place) {
      const bound = binding(place);
      const sealed = encrypt(keyFor(currentKey, bound), random(IV_BYTES), Buffer.from(token), bound);
      return writeEnvelope({ keyId: keyring.current, ...sealed });
    },

    open(text, place) {
      const envelope = readEnvelope(text);
      if (!envelope) throw new TokenUnreadable("The stored token is not an envelope");
      const masterKey = masterKeys.get(envelope.keyId);
      if (!masterKey) throw new TokenUnreadable("The stored token's key is not in the keyring");
      const bound = binding(place);
      const token = decrypt(keyFor(masterKey, bound), envelope, bound);
      if (!token) throw new TokenUnreadable("The stored token does not authenticate at its place");
      return Buffer.from(token).toString();
    },
  };
}

/** The id of the key that a token is sealed with; undefined when it is no envelope. */
export function keyIdOf(envelope: string): string | undefined {
  return readEnvelope(envelope)?.keyId;
}

const keyFor = (masterKey: Uint8Array, bound: Uint8Array): Uint8Array => hkdfSha256(masterKey, "", bound, KEY_BYTES);

function binding({ platform, platformAccountId, userId, field }: TokenPlace): Uint8Array {
  return Buffer.from(JSON.stringify([platform, platformAccountId, userId, field]));
}
