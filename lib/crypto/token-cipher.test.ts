import { createDecipheriv, hkdfSync } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { keyIdOf, type TokenPlace, TokenUnreadable, tokenCipher } from "./token-cipher.ts";

const k1 = Buffer.alloc(32, 1);
const k2 = Buffer.alloc(32, 2);
const place: TokenPlace = {
  platform: "tiktok",
  platformAccountId: "open-1",
  userId: "650000000000000000000001",
  field: "accessToken",
};
const cipher = tokenCipher({ current: "k1", keys: { k1 } });
const sealed = cipher.seal("act.example!4321", place);

test("a sealed token opens at its place", () => {
  expect(cipher.open(sealed, place)).toBe("act.example!4321");
});

test("a token of any characters survives", () => {
  const token = "ü\u0000💃 ".repeat(500);

  expect(cipher.open(cipher.seal(token, place), place)).toBe(token);
});

test("the same token never seals to the same text", () => {
  const envelopes = Array.from({ length: 50 }, () => cipher.seal("same", place));

  expect(new Set(envelopes.map((envelope) => envelope.split(".")[2])).size).toBe(50);
});

test("another program opens the envelope by the documented recipe", () => {
  const [, , iv = "", ciphertext = "", tag = ""] = sealed.split(".");
  const binding = '["tiktok","open-1","650000000000000000000001","accessToken"]';
  const key = Buffer.from(hkdfSync("sha256", k1, "", binding, 32));
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64url"), { authTagLength: 16 });

  decipher.setAAD(Buffer.from(binding)).setAuthTag(Buffer.from(tag, "base64url"));

  expect(decipher.update(ciphertext, "base64url", "utf8") + decipher.final("utf8")).toBe("act.example!4321");
});

test.each<Partial<TokenPlace>>([
  { platform: "instagram" },
  { platformAccountId: "open-2" },
  { userId: "650000000000000000000002" },
  { field: "refreshToken" },
  { platform: 'tiktok","open-1', platformAccountId: "" },
])("a token copied to %o does not open there", (elsewhere) => {
  expect(() => cipher.open(sealed, { ...place, ...elsewhere })).toThrow("does not authenticate");
});

describe("after a key rotation", () => {
  const rotated = tokenCipher({ current: "k2", keys: { k1, k2 } });

  test("old tokens open and new ones are sealed with the current key", () => {
    expect(rotated.open(sealed, place)).toBe("act.example!4321");
    expect(keyIdOf(rotated.seal("new", place))).toBe("k2");
    expect(rotated.currentKeyId).toBe("k2");
  });

  test("a token whose key was removed says so", () => {
    const withoutOld = tokenCipher({ current: "k2", keys: { k2 } });

    expect(() => withoutOld.open(sealed, place)).toThrow("key is not in the keyring");
  });

  test("a token does not open under another key's id", () => {
    expect(() => rotated.open(sealed.replace(".k1.", ".k2."), place)).toThrow("does not authenticate");
  });
});

test("a changed character anywhere does not open", () => {
  const opened = [...sealed].flatMap((character, index) => {
    const changed = sealed.slice(0, index) + (character === "A" ? "B" : "A") + sealed.slice(index + 1);
    return opens(changed) ? [index] : [];
  });

  expect(opened).toEqual([]);
});

const [version = "", keyId = "", iv = "", ciphertext = "", tag = ""] = sealed.split(".");

test.each([
  ["a plain token", "act.example!4321"],
  ["nothing", ""],
  ["another version", ["v2", keyId, iv, ciphertext, tag].join(".")],
  ["a missing part", [version, keyId, iv, ciphertext].join(".")],
  ["an extra part", `${sealed}.`],
  ["an empty key id", [version, "", iv, ciphertext, tag].join(".")],
  ["a key id with other characters", [version, "k 1", iv, ciphertext, tag].join(".")],
  ["padding", `${sealed}==`],
  ["a line end", `${sealed}\n`],
  ["leading space", ` ${sealed}`],
  ["base64 instead of base64url", [version, keyId, iv, "+/+/", tag].join(".")],
  ["stray bits in the tag's last character", sealed.slice(0, -1) + nextInAlphabet(sealed.at(-1))],
])("%s is not an envelope", (_, text) => {
  expect(() => cipher.open(text, place)).toThrow("is not an envelope");
  expect(keyIdOf(text)).toBeUndefined();
});

test.each([
  [
    "a short tag",
    [version, keyId, iv, ciphertext, Buffer.from(tag, "base64url").subarray(0, 12).toString("base64url")],
  ],
  ["a long IV", [version, keyId, Buffer.alloc(16).toString("base64url"), ciphertext, tag]],
  ["no tag", [version, keyId, iv, ciphertext, ""]],
])("%s does not open", (_, parts) => {
  expect(() => cipher.open(parts.join("."), place)).toThrow(TokenUnreadable);
});

test.each(["constructor", "__proto__", "toString"])("the key id %s is no key", (name) => {
  expect(() => cipher.open([version, name, iv, ciphertext, tag].join("."), place)).toThrow("not in the keyring");
});

test("an error names neither the token nor its envelope", () => {
  const error = errorOf(() => cipher.open(sealed, { ...place, userId: "other" }));

  expect(error).toBeInstanceOf(TokenUnreadable);
  for (const part of [iv, ciphertext, tag, "act.example"]) expect(inspect(error)).not.toContain(part);
});

test.each([
  ["without its current key", { current: "k2", keys: { k1 } }],
  ["with a short key", { current: "k1", keys: { k1: k1.subarray(1) } }],
  ["with a dot in a key's id", { current: "k1", keys: { k1, "k.2": k2 } }],
])("a keyring %s is refused at once", (_, keyring) => {
  expect(() => tokenCipher(keyring)).toThrow();
});

function opens(envelope: string): boolean {
  return errorOf(() => cipher.open(envelope, place)) === undefined;
}

function errorOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
}

function nextInAlphabet(character = ""): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return alphabet[alphabet.indexOf(character) + 1] ?? "";
}
