import type { Clock, Random } from "../clock.ts";
import type { TokenCipher } from "../crypto/token-cipher.ts";
import type { Database } from "../mongo/connection.ts";
import type { Deadline } from "../mongo/deadline.ts";
import type { Log } from "../observability/log.ts";
import type { TikTokApp } from "../tiktok/app.ts";
import type { RescueQueue } from "./rescue-message.ts";

/** The boundaries between the steps of one refresh, in their order. */
export type RefreshStep = "claimed" | "asking" | "answered" | "stored" | "judged";

export interface TokenDependencies {
  readonly database: Database;
  readonly tiktok: TikTokApp;
  readonly cipher: TokenCipher;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Absent: a pair that cannot be stored in time is lost, and said to be. */
  readonly rescue: RescueQueue | undefined;
  /** How long a pair may be tried to be stored. */
  readonly deadline: Deadline;
  /** Lets tests stop the world at a boundary. */
  readonly onStep?: (step: RefreshStep, accountId: string) => Promise<void> | void;
}
