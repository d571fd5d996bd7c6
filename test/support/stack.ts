import { afterAll, expect, inject } from "vitest";
import { type LocalStack, startLocalStack } from "../../dev/stack/local-stack.ts";
import { fittingHttp } from "./api-fit.ts";
import { leaked } from "./leaks.ts";
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
    expect(leaked(known, output.text())).toEqual([]);
  });
  return {
    ...stack,
    http: fittingHttp(stack),
    logs: output.logs,
    printed: output.text,
    keepSecret: (secret) => secrets.add(secret),
  };
}

export interface TestStack extends LocalStack {
  /** The functions' log lines so far. */
  logs(): Record<string, unknown>[];
  /** Everything this process has printed so far, the functions' lines among it. */
  printed(): string;
  /** Something that must not be printed by anybody. */
  keepSecret(secret: string): void;
}
