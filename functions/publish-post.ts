import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { type Deadline, deadlineIn } from "../lib/mongo/deadline.ts";
import { describeError } from "../lib/observability/describe-error.ts";
import { takeTurn } from "../lib/posting/take-turn.ts";
import { TurnMessage } from "../lib/posting/turn-message.ts";
import { askForTurnOf, postingServicesOf } from "./jobs/posting-dependencies.ts";
import { remainingMs } from "./jobs/remaining-time.ts";
import { tokenDependencies } from "./jobs/token-dependencies.ts";
import { JOB_POOL, lazyRuntime, loggerOf } from "./runtime.ts";

const runtime = lazyRuntime("publish-post", JOB_POOL);
const logger = loggerOf("publish-post");
const MARGIN_MS = 5_000;

/** Takes the posts in the batch one step further each, all at once. What fails comes again. */
export async function handler(event: SQSEvent, context?: Context): Promise<SQSBatchResponse> {
  const deadline = deadlineIn(remainingMs(context) - MARGIN_MS);
  const isDone = await Promise.all(event.Records.map((record) => step(record, deadline)));
  const failed = event.Records.filter((_, index) => !isDone[index]);
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

async function step(record: SQSRecord, deadline: Deadline): Promise<boolean> {
  try {
    const { postId, turn } = TurnMessage.parse(JSON.parse(record.body));
    const log = logger.createChild({ persistentKeys: { postId: postId.toHexString(), turn } });
    const outcome = await runtime().mongo.use(async (database) => {
      const tokens = await tokenDependencies(runtime(), database, log, deadline);
      const deps = { ...tokens, services: postingServicesOf(runtime()), askForTurn: askForTurnOf(runtime()) };
      return takeTurn(postId, turn, deps);
    });
    log.info("post taken further", { outcome });
    return true;
  } catch (error) {
    logger.error("post not taken further yet", { messageId: record.messageId, error: describeError(error) });
    return false;
  }
}
