import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Waits until no other process on this machine uses this server's one fail point, and answers how to let go of it. */
export async function holdFailPoint(serverUri: string): Promise<() => void> {
  const lock = createServer();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  lock.once("error", () => resolve(false)).listen(portFor(serverUri), "127.0.0.1", () => resolve(true));
  if (await promise) return () => void lock.close();
  await sleep(50);
  return holdFailPoint(serverUri);
}

// below what the system gives out by itself
const portFor = (serverUri: string) =>
  24_000 + (createHash("sha256").update(serverUri).digest().readUInt16BE() % 8_000);
