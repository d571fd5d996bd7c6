import type { Logger } from "@aws-lambda-powertools/logger";
import { sqsQueue } from "../../lib/config/sqs.ts";
import type { Database } from "../../lib/mongo/connection.ts";
import type { Deadline } from "../../lib/mongo/deadline.ts";
import type { TokenDependencies } from "../../lib/tokens/dependencies.ts";
import type { RescueQueue } from "../../lib/tokens/rescue-message.ts";
import { currentCipher, type Runtime, tiktokApp } from "../runtime.ts";

/** What lib/tokens needs to look after tokens in one invocation. */
export async function tokenDependencies(
  runtime: Runtime,
  database: Database,
  log: Logger,
  deadline: Deadline,
): Promise<TokenDependencies> {
  const { env, clock, random } = runtime;
  return {
    database,
    tiktok: tiktokApp(runtime),
    cipher: await currentCipher(runtime),
    clock,
    random,
    log,
    rescue: env.RESCUE_QUEUE_URL === undefined ? undefined : rescueQueue(env.RESCUE_QUEUE_URL),
    deadline,
  };
}

function rescueQueue(url: string): RescueQueue {
  const queue = sqsQueue(url);
  return { send: (message) => queue.send(JSON.stringify(message)), isWaiting: () => queue.isOccupied() };
}
