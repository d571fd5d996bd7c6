import { userObjectId } from "../lib/accounts/user-id.ts";
import { HttpProblem } from "../lib/http/problem.ts";
import { type HttpResponse, json } from "../lib/http/responses.ts";
import { posts } from "../lib/posting/post.ts";
import { shownPost } from "../lib/posting/shown-post.ts";
import { authenticated, type Call, jsonEndpoint } from "./http/json-endpoint.ts";
import { idInPath } from "./http/path-id.ts";

/** How one of the signed-in user's posts stands. */
export async function getPost(call: Call): Promise<HttpResponse> {
  const userId = userObjectId(await authenticated(call));
  const _id = idInPath(call.event, "postId");
  const post = userId && _id && (await posts(call.database.db).findOne({ _id, userId }));
  if (!post) throw new HttpProblem("not_found", "You have no such post.");
  call.log.info("post looked at", { outcome: post.status, postId: post._id.toHexString() });
  return json(200, shownPost(post));
}

export const handler = jsonEndpoint("get-post", getPost);
