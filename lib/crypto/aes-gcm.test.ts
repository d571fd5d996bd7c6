import { expect, test } from "vitest";
import vectors from "../../test/vectors/aes-256-gcm.json" with { type: "json" };
import { decrypt, encrypt } from "./aes-gcm.ts";

const { forged } = vectors;

test.each([...vectors.valid, forged])("$source: seals to the published bytes and opens them", (vector) => {
  const { key, iv, aad, plaintext, ciphertext, tag } = bytesOf(vector);

  const sealed = encrypt(key, iv, plaintext, aad);

  expect(sealed).toEqual({ iv, ciphertext, tag });
  expect(decrypt(key, sealed, aad)).toEqual(plaintext);
});

test.each(forged.tags)("the modified tag %s does not open", (tag) => {
  const { key, iv, aad, ciphertext } = bytesOf(forged);

  expect(decrypt(key, { iv, ciphertext, tag: Buffer.from(tag, "hex") }, aad)).toBeUndefined();
});

test.each([0, 4, 8, 12, 13, 14, 15])("the right tag cut to %i bytes does not open", (length) => {
  const { key, iv, aad, ciphertext, tag } = bytesOf(forged);

  expect(decrypt(key, { iv, ciphertext, tag: tag.subarray(0, length) }, aad)).toBeUndefined();
});

test.each([0, 8, 11, 13, 16])("an IV of %i bytes does not open", (length) => {
  const { key, aad, ciphertext, tag } = bytesOf(forged);

  expect(decrypt(key, { iv: Buffer.alloc(length), ciphertext, tag }, aad)).toBeUndefined();
});

test("other bound data does not open", () => {
  const { key, iv, ciphertext, tag } = bytesOf(forged);

  expect(decrypt(key, { iv, ciphertext, tag }, Buffer.from("elsewhere"))).toBeUndefined();
});

function bytesOf(vector: Record<"key" | "iv" | "aad" | "plaintext" | "ciphertext" | "tag", string>) {
  const bytes = (hex: string) => Buffer.from(hex, "hex");
  return {
    key: bytes(vector.key),
    iv: bytes(vector.iv),
    aad: bytes(vector.aad),
    plaintext: bytes(vector.plaintext),
    ciphertext: bytes(vector.ciphertext),
    tag: bytes(vector.tag),
  };
}
