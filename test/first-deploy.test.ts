import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { expect, inject, onTestFinished, test } from "vitest";
import { freshDatabase } from "../dev/mongo/replica-set.ts";
import { runCommand } from "./support/command.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();

test("the steps of the first deploy lead from an empty database to a setup without problems", async () => {
  const database = await freshDatabase(inject("mongodbUri"), "first-deploy");
  onTestFinished(database.drop);
  const environment = { ...stack.environment, SECRET_ID: "first-deploy", PATH: "/nowhere" };
  const file = join(tmpdir(), `${randomBytes(8).toString("hex")}.json`);
  onTestFinished(() => rm(file));
  const { tiktok, sessionSecrets } = stack.secret;
  await writeFile(file, JSON.stringify({ mongodbUri: database.uri, tiktok, sessionSecrets }));
  await new SecretsManagerClient().send(new CreateSecretCommand({ Name: environment.SECRET_ID })); // as the deploy does
  const run = (name: string, ...args: string[]) => runCommand(stack, name, args, environment);

  const written = await run("secrets", "init", "--from", file);
  const before = await run("doctor");
  const indexes = await run("indexes");
  const after = await run("doctor");

  expect(written).toMatchObject({ exitCode: 0, stderr: "" });
  expect(before).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("fix: npm run indexes") });
  expect(before.stdout).toContain("Problems: 1,");
  expect(indexes.exitCode).toBe(0);
  expect(after).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Problems: 0,") });
});
