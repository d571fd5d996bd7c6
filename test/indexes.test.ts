import { ObjectId } from "mongodb";
import { expect, test } from "vitest";
import { createIndexes } from "../commands/create-indexes.ts";
import { runCommand } from "./support/command.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();
const accounts = stack.db.collection("socialaccounts");
const exclusive = { ...stack.environment, ACCOUNT_OWNERSHIP: "exclusive" };
const account = () => ({
  _id: new ObjectId(),
  userId: new ObjectId(),
  platform: "tiktok",
  platformAccountId: "open-1",
});

test("indexes that are there are left alone", async () => {
  expect(await createIndexes(stack.db, "shared")).toEqual({ created: [], dropped: [], duplicates: [] });
});

test("accounts that belong to one user only become so, and shared again", async () => {
  const there = await runCommand(stack, "indexes", [], exclusive);
  await accounts.insertOne(account());
  const refused = await accounts.insertOne(account()).catch((error: { code: number }) => error.code);
  const back = await createIndexes(stack.db, "shared");
  await accounts.insertOne(account());

  expect(there.exitCode).toBe(0);
  expect(there.stdout.split("\n").slice(0, 2)).toEqual([
    "dropped    socialaccounts.platform_1_platformAccountId_1",
    "created    socialaccounts.platform_1_platformAccountId_1 (unique)",
  ]);
  expect(refused).toBe(11000);
  expect(back).toEqual({
    created: ["socialaccounts.platform_1_platformAccountId_1"],
    dropped: ["socialaccounts.platform_1_platformAccountId_1 (unique)"],
    duplicates: [],
  });
});

test("what stands in the way of a unique index is listed, and the index that was there stays", async () => {
  await accounts.deleteMany({});
  const { insertedIds } = await accounts.insertMany([account(), account()]);

  const { exitCode, stdout } = await runCommand(stack, "indexes", [], exclusive);

  expect(exitCode).toBe(1);
  expect(stdout).toBe(
    `duplicate  socialaccounts.platform_1_platformAccountId_1  {"platform":"tiktok","platformAccountId":"open-1"}  ${insertedIds[0]} ${insertedIds[1]}
0 created, 0 dropped, 1 keys that are not unique.
`,
  );
  expect((await accounts.indexes()).map(({ name }) => name)).toContain("platform_1_platformAccountId_1");
});

test("an index that the app made itself, under a name of its own, is good enough", async () => {
  await accounts.deleteMany({});
  await accounts.dropIndex("userId_1_platform_1_platformAccountId_1");
  await accounts.createIndex({ userId: 1, platform: 1, platformAccountId: 1 }, { unique: true, name: "theirs" });

  expect(await createIndexes(stack.db, "shared")).toEqual({ created: [], dropped: [], duplicates: [] });
});

test("everything that is wrong with the environment is said in one sentence", async () => {
  const { exitCode, stdout, stderr } = await runCommand(stack, "indexes", [], { APP_ORIGIN: "app.example.com" });

  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr.trimEnd()).not.toContain("\n");
  for (const variable of ["SECRET_ID", "APP_ORIGIN", "API_ORIGIN"]) expect(stderr).toContain(variable);
});

test("a command explains itself without an environment", async () => {
  const { exitCode, stdout } = await runCommand(stack, "indexes", ["--help"], {});

  expect(exitCode).toBe(0);
  expect(stdout).toContain("npm run indexes");
});
