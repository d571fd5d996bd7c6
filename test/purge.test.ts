import { ObjectId } from "mongodb";
import { afterEach, expect, test } from "vitest";
import { purgeUser } from "../lib/integrity/purge-user.ts";
import { runCommand } from "./support/command.ts";
import { linkedAs, tokenDependencies } from "./support/linked.ts";
import { person } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();
const COLLECTIONS = ["socialaccounts", "oauthstates", "auditevents", "revocations", "posts"];

afterEach(() => stack.tiktok.clearFaults());

test("a person is removed with everything that is kept about them, and everybody else stays", async () => {
  const { ada, openId } = await connected();
  await linkedAs(ada, stack.tiktok.addAccount().openId);
  await ada.begin();
  await stack.db.collection("posts").insertOne({ userId: ada.userId, text: "hello" });
  const { ada: bob, openId: bobs } = await connected();
  const bobBefore = await everythingAbout(bob.userId);
  const before = await everythingAbout(ada.userId);

  const dry = await purge(ada.userId);
  const untouched = await everythingAbout(ada.userId);
  const applied = await purge(ada.userId, "--yes");

  expect(dry).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Nothing was changed: --yes removes it.") });
  expect(dry.stdout).toContain("2 accounts, 3 connections under way, 2 events, 1 posts, 0 pending revocations.");
  expect(untouched).toEqual(before);
  expect(applied).toMatchObject({ exitCode: 0, stderr: "" });
  expect(applied.stdout).toContain("2 revoked, 0 kept for another user, 0 expired, 0 to be revoked later.");
  expect(await everythingAbout(ada.userId)).toEqual([]);
  expect(await stack.db.collection("users").findOne({ _id: ada.userId })).toMatchObject({ socialAccounts: [] });
  expect(stack.tiktok.authorized(openId)).toBe(false);
  expect(stack.tiktok.authorized(bobs)).toBe(true);
  expect(await everythingAbout(bob.userId)).toEqual(bobBefore);
});

test("an account that somebody else has connected too keeps its authorization", async () => {
  const { ada, openId } = await connected();
  await linkedAs(await person(stack), openId);

  const results = await purgeUser(ada.userId, dependencies());

  expect(results).toEqual({ dropped: 1 });
  expect(stack.tiktok.authorized(openId)).toBe(true);
});

test("while TikTok does not answer the revocation is kept, and the next run does it", async () => {
  const { ada, openId } = await connected();
  stack.tiktok.fault("revoke", { status: 503 });

  const during = await purge(ada.userId, "--yes");
  const left = await everythingAbout(ada.userId);
  const after = await purgeUser(ada.userId, dependencies());

  expect(during).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("1 to be revoked later") });
  expect(left).toEqual([["revocations", 1]]);
  expect(after).toEqual({ revoked: 1 });
  expect(stack.tiktok.authorized(openId)).toBe(false);
});

test("without an id it says what is wrong and does nothing", async () => {
  expect(await runCommand(stack, "purge", ["--user", "ada", "--yes"])).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: "purge: --user takes an id of 24 hexadecimal digits\n",
  });
});

test("an account that is not adopted yet is not lost unrevoked", async () => {
  const ada = await person(stack);
  const _id = new ObjectId();
  const plain = { _id, userId: ada.userId.toHexString(), platform: "tiktok", accessToken: "act.plain" };
  await stack.db.collection("socialaccounts").insertOne(plain);

  const { exitCode, stderr } = await purge(ada.userId, "--yes");

  expect(exitCode).toBe(2);
  expect(stderr).toContain(`${_id}; run adopt first`);
  expect(await stack.db.collection("socialaccounts").findOne({ _id })).toEqual(plain);
});

async function connected() {
  const { openId } = stack.tiktok.addAccount();
  const ada = await person(stack);
  await linkedAs(ada, openId);
  return { ada, openId };
}

const dependencies = () => ({ ...tokenDependencies(stack), database: stack, deadlineMs: 3_000 });

const purge = (userId: ObjectId, ...args: string[]) =>
  runCommand(stack, "purge", ["--user", userId.toHexString(), ...args]);

async function everythingAbout(userId: ObjectId) {
  const counts = COLLECTIONS.map(
    async (name) => [name, await stack.db.collection(name).countDocuments({ userId })] as const,
  );
  return (await Promise.all(counts)).filter(([, count]) => count > 0);
}
