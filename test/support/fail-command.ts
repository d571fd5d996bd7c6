import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll } from "vitest";
import type { TestStack } from "./stack.ts";

export interface CommandFailure {
  failCommands: readonly string[];
  errorCode?: number;
  errorLabels?: readonly string[];
  closeConnection?: boolean;
  writeConcernError?: { code: number; errmsg: string };
  /** Whose commands, if not those of this stack's functions. */
  appName?: string;
}

/** How often it fails, or after how many commands it begins to, for good. */
export type FailMode = { times: number } | { skip: number } | "alwaysOn" | "off";

const LOCK_PORT = 27_999;

/**
 * The database's fail point, for the functions of this stack alone. A server has one fail point only, so test files that use it run one
 * after the other; it is switched off after each test.
 */
export function failingCommands(stack: Pick<TestStack, "client">, appName: string) {
  const lock = createServer();
  const turnOff = () => stack.client.db("admin").command({ configureFailPoint: "failCommand", mode: "off" });

  async function hold(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    lock.once("error", () => resolve(false)).listen(LOCK_PORT, "127.0.0.1", () => resolve(true));
    if (await promise) return;
    await sleep(50);
    return hold();
  }

  beforeAll(hold, 120_000);
  afterEach(async () => void (await turnOff()));
  afterAll(() => void lock.close());

  return async (data: CommandFailure, mode: FailMode = { times: 1 }): Promise<void> => {
    const failPoint = { configureFailPoint: "failCommand", mode, data: { appName, ...data } };
    await stack.client.db("admin").command(failPoint);
  };
}
