import { expect, test } from "vitest";
import { sessionCookies } from "./cookie-names.ts";
import type { DatabaseSession } from "./database-session.ts";
import { readSession, type SessionSources } from "./read-session.ts";

const now = new Date("2026-01-01T00:00:00Z");
const tomorrow = new Date("2026-01-02T00:00:00Z");

test("a database session is the user's", async () => {
  const session = await readSession(
    ["theme=dark", "sid=s-1"],
    sources({ "s-1": { userId: "ada", expires: tomorrow } }),
  );

  expect(session).toEqual({ userId: "ada" });
});

test("a session that has expired is none", async () => {
  expect(await readSession(["sid=s-1"], sources({ "s-1": { userId: "ada", expires: now } }))).toBeUndefined();
});

test("the first valid session wins, a stale cookie before it notwithstanding", async () => {
  const known = { "s-1": { userId: "ada", expires: tomorrow }, "s-2": { userId: "bob", expires: tomorrow } };

  const session = await readSession(["sid=stale", "old-sid=s-2", "sid=s-1"], sources(known));

  expect(session).toEqual({ userId: "ada" });
});

test("an older cookie name is tried after the newer one", async () => {
  const known = { "s-2": { userId: "bob", expires: tomorrow } };

  expect(await readSession(["old-sid=s-2", "sid=stale"], sources(known))).toEqual({ userId: "bob" });
});

test("a browser without cookies has no session", async () => {
  expect(await readSession([], sources({}))).toBeUndefined();
});

test.each(["a.b.c.d.e", "....", "eyJhbGciOiJkaXIifQ....", "eyJhbGciOiJub25lIn0..a.b.c", "%", "\u0000.\u0000.💃.=.e"])(
  "the garbage %j is no session and no error",
  async (value) => {
    expect(await readSession([`sid=${value}`], sources({}))).toBeUndefined();
  },
);

test("a database that fails is an error, not a signed-out person", async () => {
  const down = { ...sources({}), sessionByToken: () => Promise.reject(new Error("no primary")) };

  await expect(readSession(["sid=s-1"], down)).rejects.toThrow("no primary");
});

function sources(known: Record<string, DatabaseSession>): SessionSources {
  return {
    cookies: sessionCookies("https://app.example", ["sid", "old-sid"]),
    secrets: ["secret"],
    clock: () => now,
    sessionByToken: async (token) => known[token],
  };
}
