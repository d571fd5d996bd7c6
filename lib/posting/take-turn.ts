import type { ObjectId } from "mongodb";
import { continueUpload } from "./continue-upload.ts";
import type { HeldPost, PostingDependencies, TurnResult } from "./dependencies.ts";
import { followPost } from "./follow-post.ts";
import { claimTurn, endTurn, PostNotHeld } from "./held-post.ts";
import type { PostStatus } from "./post.ts";
import { ended } from "./results.ts";
import { answerLost, sendPost } from "./send-post.ts";

/** Takes a post one step further, and says when the next step is due. Answers how the post stands, or that it was not this turn's time. */
export async function takeTurn(
  postId: ObjectId,
  turn: number,
  deps: PostingDependencies,
): Promise<PostStatus | "stale"> {
  const post = await claimTurn(deps.database.db, postId, turn, deps.clock());
  if (!post) return "stale";
  try {
    const result = await stepOf(post, deps);
    await endTurn(deps, post, result);
    return result.change.status ?? post.status;
  } catch (error) {
    if (error instanceof PostNotHeld) return "stale";
    throw error;
  }
}

async function stepOf(post: HeldPost, deps: PostingDependencies): Promise<TurnResult> {
  switch (post.status) {
    case "queued":
      return sendPost(post, deps);
    case "sending":
      return ended("in_doubt", answerLost); // whoever was sending it is gone
    case "uploading":
      return continueUpload(post, deps);
    default:
      return followPost(post, deps);
  }
}
