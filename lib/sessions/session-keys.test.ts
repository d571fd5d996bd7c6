import { expect, test } from "vitest";
import { sessionKeys } from "./session-keys.ts";

const SECRET = "test-secret-0123456789";
const hex = (key: Uint8Array | undefined) => Buffer.from(key ?? []).toString("hex");

test("NextAuth 4's key is the known one", () => {
  const [key, ...others] = sessionKeys({ name: "next-auth.session-token", libraries: ["next-auth"] }, [SECRET]);

  expect(hex(key?.key)).toBe("bbdd088d641e4409d2475451f52a84eac1b4ff3f82ca487b60ecd0894d65cdb6");
  expect(others).toEqual([]);
});

test.each([
  ["authjs.session-token", "0fb7bdf9ee95400dc108f6791606e718"],
  ["__Secure-authjs.session-token", "4d39e49a680ce0cacc562bf949ac0b40"],
])("Auth.js 5's key for %s is the known one, 64 bytes long", (name, start) => {
  const [key, ...others] = sessionKeys({ name, libraries: ["authjs"] }, [SECRET]);

  expect(hex(key?.key).slice(0, 32)).toBe(start);
  expect(key?.key).toHaveLength(64);
  expect(others).toEqual([]);
});

test("a cookie may hold either library's token under any of the secrets", () => {
  const keys = sessionKeys({ name: "sid", libraries: ["authjs", "next-auth"] }, ["new", "old"]);

  expect(keys.map((key) => key.contentEncryption)).toEqual(["A256CBC-HS512", "A256CBC-HS512", "A256GCM", "A256GCM"]);
  expect(new Set(keys.map((key) => hex(key.key))).size).toBe(4);
});
