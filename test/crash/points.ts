import type { WorkerOrder } from "../support/worker-process.ts";

/** Where the world stops in the middle of a refresh. */
export interface CrashPoint {
  readonly name: string;
  readonly order: Omit<WorkerOrder, "now">;
  /** The parent kills the worker once TikTok has changed the pair, before its answer arrives. */
  readonly killInFlight?: boolean;
  /** TikTok is down, so that there is a failure to write. */
  readonly providerDown?: boolean;
  /** The database refuses this command of the worker from the start, or after so many. */
  readonly refuses?: { readonly command: "find" | "update"; readonly after?: number };
  /** Between TikTok's answer and the first durable write: the one place where a refresh token may be lost. */
  readonly inWindow?: boolean;
}

const killed = (name: string, dieAt: WorkerOrder["dieAt"], more: Partial<CrashPoint> = {}): CrashPoint => ({
  name: `killed ${name}`,
  order: { dieAt },
  ...more,
});

/** Every point; the everyday suite walks those it can afford. */
export const crashPoints: readonly CrashPoint[] = [
  { name: "undisturbed", order: {} },
  killed("when the account is claimed", "claimed"),
  killed("when about to ask TikTok", "asking"),
  { name: "killed while TikTok's answer is on its way", order: {}, killInFlight: true, inWindow: true },
  killed("when TikTok has answered", "answered", { inWindow: true }),
  { name: "killed 1 ms later, while storing", order: { dieAt: "answered", dieAfterMs: 1 }, inWindow: true },
  { name: "killed 3 ms later", order: { dieAt: "answered", dieAfterMs: 3 }, inWindow: true },
  {
    name: "killed while the database does not take the pair",
    order: {
      dieAt: "answered",
      dieAfterMs: 50,
      failDatabase: { at: "answered", mode: "lasting" },
      storeWithinMs: 5_000,
    },
    inWindow: true,
  },
  killed("when the pair is stored", "stored"),
  killed("when a failure is written down", "judged", { providerDown: true }),
  { name: "database fails at finding what is due", order: {}, refuses: { command: "find" } },
  { name: "database fails at leasing", order: {}, refuses: { command: "update" } },
  { name: "database fails at reading what was leased", order: {}, refuses: { command: "find", after: 1 } },
  {
    name: "database drops the connection at storing",
    order: { failDatabase: { at: "answered", mode: "once" }, storeWithinMs: 5_000 },
  },
  {
    name: "database fails at storing, for good",
    order: { failDatabase: { at: "answered", mode: "lasting" }, storeWithinMs: 300 },
  },
  {
    name: "database fails at writing a failure down",
    order: { failDatabase: { at: "answered", mode: "lasting" } },
    providerDown: true,
  },
];
