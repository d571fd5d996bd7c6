import assert from "node:assert/strict";
import { decode as decodeAuthJs, encode as encodeAuthJs } from "@auth/core/jwt";
import { EncryptJWT } from "jose";
import { MongoClient, ObjectId } from "mongodb";
import { encode as encodeNextAuth, type JWT } from "next-auth/jwt";
import { expect, inject, test } from "vitest";
import { sessionCookies } from "../lib/sessions/cookie-names.ts";
import { sessionByToken } from "../lib/sessions/database-session.ts";
import { readSession, type SessionSources } from "../lib/sessions/read-session.ts";
import { sessionKeys } from "../lib/sessions/session-keys.ts";

const SECURE_AUTH_JS = "__Secure-authjs.session-token";
const SECURE_NEXT_AUTH = "__Secure-next-auth.session-token";
const ada = { sub: "650000000000000000000001", name: "Ada" };
const signedIn = { userId: ada.sub };

const authJs = (salt: string, secret: string | string[] = "newest", token: object = ada) =>
  encodeAuthJs({ token, secret, salt });
const nextAuth = (secret = "newest", token: JWT = ada) => encodeNextAuth({ token, secret });

test.each([
  ["https://app.example", SECURE_AUTH_JS],
  ["http://localhost:3000", "authjs.session-token"],
])("Auth.js 5's token is a session of an app at %s", async (origin, name) => {
  expect(await read([`${name}=${await authJs(name)}`], at(origin))).toEqual(signedIn);
});

test.each([
  ["https://app.example", SECURE_NEXT_AUTH],
  ["http://localhost:3000", "next-auth.session-token"],
])("NextAuth 4's token is a session of an app at %s", async (origin, name) => {
  expect(await read([`${name}=${await nextAuth()}`], at(origin))).toEqual(signedIn);
});

test("an app under https has no session in a plain cookie", async () => {
  const cookies = [
    `authjs.session-token=${await authJs("authjs.session-token")}`,
    `next-auth.session-token=${await nextAuth()}`,
  ];

  expect(await read(cookies)).toBeUndefined();
});

test.each(["shop.sid", SECURE_NEXT_AUTH, SECURE_AUTH_JS])(
  "a cookie that is configured holds either library's token: %s",
  async (name) => {
    const custom = { cookies: sessionCookies("https://app.example", [name]) };

    expect(await read([`${name}=${await authJs(name)}`], custom)).toEqual(signedIn);
    expect(await read([`${name}=${await nextAuth()}`], custom)).toEqual(signedIn);
  },
);

test("a token from before the secret was rotated is still a session", async () => {
  const rotated = { secrets: ["newest", "older", "oldest"] };

  expect(await read([`${SECURE_AUTH_JS}=${await authJs(SECURE_AUTH_JS, ["oldest"])}`], rotated)).toEqual(signedIn);
  expect(await read([`${SECURE_NEXT_AUTH}=${await nextAuth("oldest")}`], rotated)).toEqual(signedIn);
});

test("a token under an unknown secret is no session", async () => {
  expect(await read([`${SECURE_AUTH_JS}=${await authJs(SECURE_AUTH_JS, "other")}`])).toBeUndefined();
  expect(await read([`${SECURE_NEXT_AUTH}=${await nextAuth("other")}`])).toBeUndefined();
  expect(await read([`${SECURE_NEXT_AUTH}=${await nextAuth()}`], { secrets: [] })).toBeUndefined();
});

test.each([
  ["Auth.js", SECURE_AUTH_JS, () => authJs(SECURE_AUTH_JS, "newest", large), 3936],
  ["NextAuth", SECURE_NEXT_AUTH, () => nextAuth("newest", large), 3933],
])(
  "a token that %s split into several cookies is one session, in whatever order they come",
  async (_, name, mint, size) => {
    const token = await mint();
    const chunks = Array.from({ length: Math.ceil(token.length / size) }, (_, index) => {
      return `${name}.${index}=${token.slice(index * size, (index + 1) * size)}`;
    });

    expect(chunks.length).toBeGreaterThan(11);
    expect(await read(chunks.toSorted())).toEqual(signedIn);
    expect(await read(chunks.slice(0, -1))).toBeUndefined();
  },
);

test("neither library's token is a session under the other's name", async () => {
  expect(await read([`${SECURE_AUTH_JS}=${await nextAuth()}`])).toBeUndefined();
  expect(await read([`${SECURE_NEXT_AUTH}=${await authJs(SECURE_NEXT_AUTH)}`])).toBeUndefined();
});

test("a token is bound to the name of its cookie", async () => {
  expect(await read([`${SECURE_AUTH_JS}=${await authJs("authjs.session-token")}`])).toBeUndefined();
});

test("a session lasts until fifteen seconds after its expiry", async () => {
  const token = await authJs(SECURE_AUTH_JS);
  const payload = await decodeAuthJs({ token, secret: "newest", salt: SECURE_AUTH_JS });
  const expiry = Number(payload?.exp);
  const after = (seconds: number) => ({ clock: () => new Date((expiry + seconds) * 1000) });

  expect(await read([`${SECURE_AUTH_JS}=${token}`], after(14))).toEqual(signedIn);
  expect(await read([`${SECURE_AUTH_JS}=${token}`], after(15))).toBeUndefined();
});

test.each([0, 1, 2, 3, 4])("a token changed in its part %i is no session", async (part) => {
  for (const [name, token] of [
    [SECURE_AUTH_JS, await authJs(SECURE_AUTH_JS)],
    [SECURE_NEXT_AUTH, await nextAuth()],
  ] as const) {
    const parts = token.split(".");
    parts[part] = changed(parts[part]);

    expect(await read([`${name}=${parts.join(".")}`])).toBeUndefined();
  }
});

test("a token without a user is no session", async () => {
  expect(await read([`${SECURE_AUTH_JS}=${await authJs(SECURE_AUTH_JS, "newest", { name: "Ada" })}`])).toBeUndefined();
  expect(await read([`${SECURE_NEXT_AUTH}=${await nextAuth("newest", { sub: "" })}`])).toBeUndefined();
});

test("a token that never expires is no session", async () => {
  const endless = new EncryptJWT(ada).setProtectedHeader({ alg: "dir", enc: "A256GCM" });

  expect(await read([`${SECURE_NEXT_AUTH}=${await endless.encrypt(keyUnder(SECURE_NEXT_AUTH))}`])).toBeUndefined();
});

test("a token that names another key than its own is no session", async () => {
  const misnamed = new EncryptJWT(ada)
    .setProtectedHeader({ alg: "dir", enc: "A256CBC-HS512", kid: "another" })
    .setExpirationTime("1h");

  expect(await read([`${SECURE_AUTH_JS}=${await misnamed.encrypt(keyUnder(SECURE_AUTH_JS))}`])).toBeUndefined();
});

test.each([
  { alg: "dir", enc: "A128CBC-HS256" },
  { alg: "A256KW", enc: "A256GCM" },
  { alg: "A256GCMKW", enc: "A256GCM" },
])("the right key used as $alg with $enc is no session", async (header) => {
  const token = new EncryptJWT(ada).setProtectedHeader(header).setExpirationTime("1h");

  expect(await read([`${SECURE_NEXT_AUTH}=${await token.encrypt(keyUnder(SECURE_NEXT_AUTH))}`])).toBeUndefined();
});

test("a session of Auth.js's MongoDB adapter is found by its token", async () => {
  await using client = await new MongoClient(inject("mongodbUri")).connect();
  const db = client.db(`sessions-${new ObjectId()}`);
  const userId = new ObjectId();
  const expires = new Date(Date.now() + 60_000);
  await db.collection("sessions").insertOne({ sessionToken: "0b7e", userId, expires });

  const found = await sessionByToken(db, "0b7e");
  const missing = await sessionByToken(db, "0b7");
  await db.dropDatabase();

  expect(found).toEqual({ userId: userId.toHexString(), expires });
  expect(missing).toBeUndefined();
});

const large = { ...ada, groups: "x".repeat(36_000) };

const at = (origin: string) => ({ cookies: sessionCookies(origin, undefined) });

function read(cookies: readonly string[], sources: Partial<SessionSources> = {}) {
  return readSession(cookies, {
    ...at("https://app.example"),
    secrets: ["newest"],
    clock: () => new Date(),
    sessionByToken: async () => undefined,
    ...sources,
  });
}

function keyUnder(name: string): Uint8Array {
  const cookie = sessionCookies("https://app.example", undefined).find((known) => known.name === name);
  const [key] = cookie ? sessionKeys(cookie, ["newest"]) : [];
  assert(key, "a default cookie and one secret make at least one key");
  return key.key;
}

function changed(part = ""): string {
  return part.startsWith("A") ? `B${part.slice(1)}` : `A${part.slice(1)}`;
}
