import { expect, test } from "vitest";
import { runCommand } from "./support/command.ts";
import { person } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();
const verify = (...args: string[]) => runCommand(stack, "verify", args);

test("both sides of a linked account agree, and are said to", async () => {
  const ada = await person(stack);
  await ada.connect({ account: stack.tiktok.addAccount({ displayName: "Kitchen Notes" }).openId });

  const { exitCode, stdout } = await verify("--user", String(ada.userId));

  expect(stdout).toMatch(/✓ Account [0-9a-f]{24} \(tiktok, Kitchen Notes\) says user, and the user says account/);
  expect(stdout).toContain("Both sides agree.");
  expect(exitCode).toBe(0);
});

test("a reference that is missing and one too many are both named", async () => {
  const ada = await person(stack);
  await ada.connect({ account: stack.tiktok.addAccount().openId });
  const account = await stack.db.collection("socialaccounts").findOne({ userId: ada.userId });
  await stack.db.collection("users").updateOne({ _id: ada.userId }, { $set: { socialAccounts: [ada.userId] } });

  const { exitCode, stdout } = await verify("--user", String(ada.userId));

  expect(stdout).toContain(`✗ Account ${account?._id}`);
  expect(stdout).toContain(`✗ User references ${ada.userId}, which is no account of theirs`);
  expect(exitCode).toBe(1);
});

test("somebody unknown and an id that is none are told apart", async () => {
  const [unknown, malformed] = await Promise.all([verify("--user", "0".repeat(24)), verify("--user", "ada")]);

  expect(unknown).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("There is no user") });
  expect(malformed).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("24 hexadecimal digits") });
});
