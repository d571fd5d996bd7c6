import { expect, test } from "vitest";
import { withoutSecrets } from "./log.ts";

test("an error tells its own code, while a field that holds an authorization code is blanked", () => {
  const error = Object.assign(new Error("connect failed"), { code: "ECONNREFUSED" });

  const line = JSON.parse(JSON.stringify({ code: "4/abc", error }, withoutSecrets));

  expect(line).toMatchObject({ code: "[redacted]", error: { message: "connect failed", errorCode: "ECONNREFUSED" } });
});

test("the password in a connection string is not told", () => {
  const error = new Error("cannot connect to mongodb://app:hunter2@db.example/app");

  expect(JSON.stringify({ error }, withoutSecrets)).not.toContain("hunter2");
});
