import { afterAll, afterEach, beforeAll, inject } from "vitest";
import { holdFailPoint } from "./fail-point-lock.ts";
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

/** A server has one fail point only, so test files that use it run one after the other. */
export function failPointLock(): void {
  let release: (() => void) | undefined;
  beforeAll(async () => {
    release = await holdFailPoint(inject("mongodbUri"));
  }, 120_000);
  afterAll(() => release?.());
}

/** The database's fail point, for the functions of this stack alone; it is switched off after each test. */
export function failingCommands(stack: Pick<TestStack, "client">, appName: string) {
  failPointLock();
  afterEach(
    async () => void (await stack.client.db("admin").command({ configureFailPoint: "failCommand", mode: "off" })),
  );

  return async (data: CommandFailure, mode: FailMode = { times: 1 }): Promise<void> => {
    const failPoint = { configureFailPoint: "failCommand", mode, data: { appName, ...data } };
    await stack.client.db("admin").command(failPoint);
  };
}
