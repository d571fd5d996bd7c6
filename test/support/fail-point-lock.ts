import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const LOCK_PORT = 27_999;

/** Waits until no other process on this machine uses the server's one fail point, and answers how to let go of it. */
export async function holdFailPoint(): Promise<() => void> {
  const lock = createServer();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  lock.once("error", () => resolve(false)).listen(LOCK_PORT, "127.0.0.1", () => resolve(true));
  if (await promise) return () => void lock.close();
  await sleep(50);
  return holdFailPoint();
}
