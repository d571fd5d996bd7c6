import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { failingCommands } from "./support/fail-command.ts";
import { person } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const appName = `json-${randomUUID()}`;
const stack = await testStack({ AWS_LAMBDA_FUNCTION_NAME: appName });
const failing = failingCommands(stack, appName);
const unavailable = {
  statusCode: 503,
  body: { error: { code: "unavailable", message: expect.any(String), requestId: expect.any(String) } },
};

test("accounts are unavailable while the database refuses, and there again after it", async () => {
  const ada = await person(stack);
  await failing({ failCommands: ["find"], errorCode: 13 });

  const during = await ada.get("accounts", "/accounts");
  const after = await ada.get("accounts", "/accounts");

  expect(during).toEqual(unavailable);
  expect(after.statusCode).toBe(200);
});

test.each([{ errorCode: 13 }, { closeConnection: true }])(
  "the service is not healthy while the database answers %j",
  async (failure) => {
    const ada = await person(stack);
    await failing({ failCommands: ["ping"], ...failure }, "alwaysOn");

    expect(await ada.get("health", "/health")).toEqual(unavailable);
  },
);
