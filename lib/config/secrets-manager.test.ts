import { createServer } from "node:net";
import { afterAll, expect, test, vi } from "vitest";
import { fetchSecretText } from "./secrets-manager.ts";

const silent = createServer();
await new Promise<void>((listening) => silent.listen(0, "127.0.0.1", listening));

afterAll(() => {
  vi.unstubAllEnvs();
  silent.close();
});

test("a Secrets Manager that takes the request and never answers is a failure, not a wait", async () => {
  const address = silent.address();
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
  vi.stubEnv("AWS_REGION", "eu-central-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");

  await expect(fetchSecretText("connect-tiktok", 50)).rejects.toMatchObject({ name: "TimeoutError" });
});
