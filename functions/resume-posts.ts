import type { Context } from "aws-lambda";
import { deadlineIn } from "../lib/mongo/deadline.ts";
import { askForStalled } from "../lib/posting/stalled-posts.ts";
import { askForTurnOf } from "./jobs/posting-dependencies.ts";
import { remainingMs } from "./jobs/remaining-time.ts";
import { JOB_POOL, lazyRuntime, loggerOf } from "./runtime.ts";

const runtime = lazyRuntime("resume-posts", JOB_POOL);
const logger = loggerOf("resume-posts");
const MARGIN_MS = 5_000;

/** Sets posts going again whose message or worker was lost. */
export async function handler(_event: unknown, context?: Context): Promise<{ resumed: number }> {
  const deadline = deadlineIn(remainingMs(context) - MARGIN_MS);
  const mayGoOn = () => deadline.remaining() > 0;
  const { clock, mongo } = runtime();
  const askForTurn = askForTurnOf(runtime());
  const resumed = await mongo.use(({ db }) => askForStalled(db, askForTurn, { clock, mayGoOn }));
  logger.info("stalled posts resumed", { outcome: "ok", resumed });
  return { resumed };
}
