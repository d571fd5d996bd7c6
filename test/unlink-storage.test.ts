import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { revocations } from "../lib/accounts/revocations.ts";
import { bothSides } from "./support/collections.ts";
import { failingCommands } from "./support/fail-command.ts";
import { linkedAs } from "./support/linked.ts";
import { person } from "./support/person.ts";
import { requestAs } from "./support/requests.ts";
import { testStack } from "./support/stack.ts";

const appName = `unlink-${randomUUID()}`;
const stack = await testStack({ AWS_LAMBDA_FUNCTION_NAME: appName });
const failing = failingCommands(stack, appName);

test.each(["findAndModify", "update", "insert", "commitTransaction"])(
  "a database that fails at %s answers 503 and leaves both sides and the authorization as they were",
  async (command) => {
    const { ada, accountId, openId } = await linked();
    const before = await bothSides(stack.db);
    await failing({ failCommands: [command], errorCode: 11601 }, "alwaysOn");

    const response = await requestAs(stack, ada, accountId);

    expect([response.statusCode, JSON.parse(response.body ?? "{}").error.code]).toEqual([503, "unavailable"]);
    expect(await bothSides(stack.db)).toEqual(before);
    expect(stack.tiktok.authorized(openId)).toBe(true);
  },
);

test("a commit that has to be repeated disconnects once", async () => {
  const { ada, accountId } = await linked();
  await failing({
    failCommands: ["commitTransaction"],
    errorCode: 91,
    errorLabels: ["RetryableWriteError", "UnknownTransactionCommitResult"],
  });

  const response = await requestAs(stack, ada, accountId);

  expect(response.statusCode).toBe(204);
  const events = stack.db
    .collection("auditevents")
    .countDocuments({ type: "SocialAccountUnlinked", userId: ada.userId });
  expect(await events).toBe(1);
});

test("a database that fails right after the disconnect changes nothing about it: the revocation is left to the job", async () => {
  const { ada, accountId, openId } = await linked();
  await failing({ failCommands: ["update"], errorCode: 11601 }, { skip: 1 });

  const response = await requestAs(stack, ada, accountId);

  expect(response.statusCode).toBe(204);
  expect(await revocations(stack.db).find({ platformAccountId: openId }).toArray()).toMatchObject([{ attempts: 0 }]);
});

async function linked() {
  const { openId } = stack.tiktok.addAccount();
  const { person: ada, accountId } = await linkedAs(await person(stack), openId);
  return { ada, accountId, openId };
}
