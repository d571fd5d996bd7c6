import { sqsQueue } from "../../lib/config/sqs.ts";
import { mediaReader } from "../../lib/media/open-media.ts";
import { type AllowAddress, isPublicAddress, isPublicOrLoopback } from "../../lib/media/public-address.ts";
import type { AskForTurn } from "../../lib/posting/dependencies.ts";
import { type PostingServices, postingServices } from "../../lib/posting/services.ts";
import { turnMessage } from "../../lib/posting/turn-message.ts";
import { type Runtime, tiktokApp } from "../runtime.ts";

/** Media may lie on this machine only where TikTok does too: in the local stack. */
export const allowedAddresses = ({ env }: Runtime): AllowAddress =>
  new URL(env.TIKTOK_API_ORIGIN).hostname === "127.0.0.1" ? isPublicOrLoopback : isPublicAddress;

export const postingServicesOf = (runtime: Runtime): PostingServices =>
  postingServices(tiktokApp(runtime), mediaReader(allowedAddresses(runtime)));

/** Asks by a message in the posts' queue. */
export function askForTurnOf({ env }: Runtime): AskForTurn {
  if (env.POSTS_QUEUE_URL === undefined) throw new Error("POSTS_QUEUE_URL is not set: nothing can be posted");
  const queue = sqsQueue(env.POSTS_QUEUE_URL);
  return (postId, turn, delaySeconds) => queue.send(turnMessage(postId, turn), delaySeconds);
}
