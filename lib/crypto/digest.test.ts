import { expect, test } from "vitest";
import { constantTimeEqual, randomToken, sha256 } from "./digest.ts";

test("a digest is the SHA-256 in base64url, as RFC 7636 appendix B prints it", () => {
  expect(sha256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")).toBe("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
});

test("a random token carries as many bytes as asked for, 32 unless told", () => {
  const ones = (size: number) => new Uint8Array(size).fill(0xff);

  expect(randomToken(3, ones)).toBe("____");
  expect(Buffer.from(randomToken(), "base64url")).toHaveLength(32);
});

test("no two random tokens are the same", () => {
  const tokens = Array.from({ length: 100 }, () => randomToken());

  expect(new Set(tokens).size).toBe(100);
});

test("texts are equal only when every character is, whatever their lengths", () => {
  expect(constantTimeEqual("state-é", "state-é")).toBe(true);
  expect(constantTimeEqual("state", "statE")).toBe(false);
  expect(constantTimeEqual("state", "state ")).toBe(false);
  expect(constantTimeEqual("", "state")).toBe(false);
});
