import { afterAll, expect, inject } from "vitest";
import { type LocalStack, startLocalStack } from "../../dev/stack/local-stack.ts";
import { captureOutput } from "./output.ts";

/** A stack for this test file, stopped after it. Fails the file when a secret reached anything that was printed. */
export async function testStack(environment: Record<string, string> = {}): Promise<TestStack> {
  const output = captureOutput();
  const stack = await startLocalStack({
    mongodbUri: inject("mongodbUri"),
    environment: { LOG_LEVEL: "DEBUG", ...environment },
  });
  const secrets = new Set<string>();
  afterAll(async () => {
    await stack.stop();
    output.restore();
    const known = [
      ...stack.tiktok.issued,
      ...secrets,
      ...stack.secret.sessionSecrets,
      ...Object.values(stack.secret.tokenKeyring.keys),
    ];
    expect(known.filter((secret) => secret.length >= 8 && output.text().includes(secret))).toEqual([]);
  });
  return { ...stack, logs: output.logs, keepSecret: (secret) => secrets.add(secret) };
}

export interface TestStack extends LocalStack {
  /** The functions' log lines so far. */
  logs(): Record<string, unknown>[];
  /** Something that must not be printed by anybody. */
  keepSecret(secret: string): void;
}
