import { expect, test } from "vitest";
import vectors from "../../test/vectors/hkdf-sha256.json" with { type: "json" };
import { hkdfSha256 } from "./hkdf.ts";

test.each(vectors.cases)("RFC 5869 $name: derives the published key", ({ secret, salt, info, key }) => {
  const bytes = (hex: string) => Buffer.from(hex, "hex");

  const derived = hkdfSha256(bytes(secret), bytes(salt), bytes(info), key.length / 2);

  expect(Buffer.from(derived).toString("hex")).toBe(key);
});
