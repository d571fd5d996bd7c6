import type { Random } from "../clock.ts";
import type { NotNow, PostProblem } from "../platform-posting.ts";
import type { TurnResult } from "./dependencies.ts";
import type { Post, PostStatus } from "./post.ts";

const LONGEST_S = 900; // SQS delays no longer
const SOON_S = 2; // the turn's own write has to come first

export const soon = (change: TurnResult["change"]): TurnResult => ({ change, nextInSeconds: SOON_S });

export const inSeconds = (seconds: number, change: TurnResult["change"]): TurnResult => ({
  change,
  nextInSeconds: Math.min(LONGEST_S, Math.max(SOON_S, Math.ceil(seconds))),
});

/** The end of it: nothing more is done unless the person or the platform says so. */
export const ended = (
  status: PostStatus,
  problem: PostProblem | null,
  change: TurnResult["change"] = {},
): TurnResult => ({
  change: { ...change, status, problem, failures: 0 },
  nextInSeconds: null,
});

/** Nothing came of this turn. Again later: each time later, and not before the platform wants it. */
export function again(
  { failures }: Pick<Post, "failures">,
  { retryAfterMs = 0 }: Pick<NotNow, "retryAfterMs">,
  random: Random,
  change: TurnResult["change"] = {},
): TurnResult {
  const backoff = 5 * 2 ** Math.min(failures, 8) * (0.75 + random() / 2);
  return inSeconds(Math.max(backoff, retryAfterMs / 1000), { ...change, failures: failures + 1 });
}

/** Growing delays between looks at a post that the platform has accepted. */
export const untilNextLook = (looks: number, random: Random): number =>
  2 * 1.6 ** Math.min(looks, 13) * (0.9 + random() / 5);

export const doubt = (code: string, message: string): PostProblem => ({ code, field: null, message });
