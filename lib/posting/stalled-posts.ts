import type { Db } from "mongodb";
import { after, type Clock } from "../clock.ts";
import type { AskForTurn } from "./dependencies.ts";
import { type Post, posts } from "./post.ts";

const OVERDUE_MS = 3 * 60_000;
const MOST = 500;

/** Asks again for turns that nobody took in time: their message was never sent, or their worker died. A message too many does no harm. */
export async function askForStalled(
  db: Db,
  askForTurn: AskForTurn,
  { clock, mayGoOn }: { clock: Clock; mayGoOn: () => boolean },
): Promise<number> {
  const now = clock();
  const stalled = await posts(db)
    .find({
      nextTurnAt: { $ne: null, $lte: after(now, -OVERDUE_MS) },
      $or: [{ lease: null }, { "lease.until": { $lte: now } }],
    })
    .sort({ nextTurnAt: 1 })
    .limit(MOST)
    .project<Pick<Post, "_id" | "turn">>({ turn: 1 })
    .toArray();
  let asked = 0;
  for (const { _id, turn } of stalled) {
    if (!mayGoOn()) break;
    await askForTurn(_id, turn, 0);
    asked += 1;
  }
  return asked;
}
