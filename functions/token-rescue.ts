import type { Logger } from "@aws-lambda-powertools/logger";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { deadlineIn } from "../lib/mongo/deadline.ts";
import { describeError } from "../lib/observability/describe-error.ts";
import { RescueMessage } from "../lib/tokens/rescue-message.ts";
import { type RescueResult, rescuePair } from "../lib/tokens/rescue-pair.ts";
import { remainingMs } from "./jobs/remaining-time.ts";
import { JOB_POOL, lazyRuntime, loggerOf, metricsOf } from "./runtime.ts";

const runtime = lazyRuntime("token-rescue", JOB_POOL);
const logger = loggerOf("token-rescue");
const emitMetrics = metricsOf("token-rescue");
const MARGIN_MS = 2_000;

/** Stores pairs that could not be stored when TikTok issued them. What cannot be stored yet stays in the queue. */
export async function handler(event: SQSEvent, context?: Context): Promise<SQSBatchResponse> {
  const deadline = deadlineIn(remainingMs(context) - MARGIN_MS);
  const batchItemFailures: SQSBatchResponse["batchItemFailures"] = [];
  let applied = 0;
  for (const record of event.Records) {
    const result = deadline.remaining() > 0 ? await rescue(record, logger) : "later";
    if (result === "later") batchItemFailures.push({ itemIdentifier: record.messageId });
    if (result === "stored") applied += 1;
  }
  emitMetrics({ RescueApplied: applied, RescueFailed: batchItemFailures.length });
  return { batchItemFailures };
}

async function rescue(record: SQSRecord, log: Logger): Promise<RescueResult | "later"> {
  try {
    const message = RescueMessage.parse(JSON.parse(record.body));
    const result = await runtime().mongo.use(({ db }) => rescuePair(db, message));
    log.info("pair rescued", { outcome: result, accountId: message.accountId.toHexString() });
    return result;
  } catch (error) {
    log.error("pair not rescued yet", { messageId: record.messageId, error: describeError(error) });
    return "later";
  }
}
