import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import { sha256 } from "../crypto/digest.ts";
import type { Database } from "../mongo/connection.ts";
import { within } from "../mongo/deadline.ts";
import { findPendingConnection, type PendingConnection, type Return } from "../oauth/pending-connection.ts";
import type { Platform } from "../platform.ts";
import { type Completion, type ConnectionOutcome, failed, outcomeFrom } from "./outcome.ts";

const PATIENCE_MS = 5_000;
const POLL_MS = 200;
const GIVEN_UP_AFTER_MS = 30_000;

export interface UnclaimedDependencies {
  readonly database: Database;
  readonly clock: Clock;
}

/** Answers a callback that could not claim its state: a repeat hears the outcome, for up to 5 s of waiting; anything else a refusal. */
export async function answerUnclaimed(
  platform: Platform,
  back: Return,
  { database, clock }: UnclaimedDependencies,
): Promise<Completion> {
  const find = () => within(PATIENCE_MS, findPendingConnection(database.db, platform, back));

  async function wait(polls: number): Promise<Completion> {
    const connection = await find();
    if (!connection) return { outcome: failed("state_invalid"), returnTo: "/" };
    const outcome = outcomeOf(connection, back, clock());
    if (outcome.kind !== "pending" || polls * POLL_MS >= PATIENCE_MS) return { outcome, returnTo: connection.returnTo };
    await sleep(POLL_MS);
    return wait(polls + 1);
  }

  return wait(0);
}

/** Answers a callback with neither code nor error, or with several: refused, but shown where the connection began. */
export async function answerMalformed(
  platform: Platform,
  back: Pick<Return, "state" | "binding">,
  { database }: Pick<UnclaimedDependencies, "database">,
): Promise<Completion> {
  const connection = await within(PATIENCE_MS, findPendingConnection(database.db, platform, back));
  return { outcome: failed("state_invalid"), returnTo: connection?.returnTo ?? "/" };
}

function outcomeOf(
  { claimedAt, codeHash, outcome }: PendingConnection,
  { answer }: Return,
  now: Date,
): ConnectionOutcome {
  if (!claimedAt) return failed("state_expired"); // young enough, it would have been claimed
  if (codeHash !== sha256(answer)) return failed("state_invalid");
  if (outcome) return outcomeFrom(outcome);
  return now.getTime() - claimedAt.getTime() > GIVEN_UP_AFTER_MS ? failed("internal") : { kind: "pending" };
}
