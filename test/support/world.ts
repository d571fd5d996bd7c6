import { afterAll, expect, inject } from "vitest";
import { leaked } from "./leaks.ts";
import { startTokenWorld, type TokenWorld } from "./token-world.ts";

/** A token world for this test file, stopped after it. Fails the file when a token reached the log. */
export async function tokenWorld(options: { random?: () => number } = {}): Promise<TokenWorld> {
  const world = await startTokenWorld({ mongodbUri: inject("mongodbUri"), ...options });
  afterAll(async () => {
    await world.stop();
    expect(leaked(world.tiktok.issued, JSON.stringify(world.logs))).toEqual([]);
  });
  return world;
}
