import { userObjectId } from "../lib/accounts/user-id.ts";
import { HttpProblem } from "../lib/http/problem.ts";
import { type HttpResponse, json } from "../lib/http/responses.ts";
import { explained } from "../lib/posting/post-request.ts";
import { settleByPerson } from "../lib/posting/settle-post.ts";
import { SettlementRequest } from "../lib/posting/settlement-request.ts";
import { shownPost } from "../lib/posting/shown-post.ts";
import { jsonBody } from "./http/json-body.ts";
import { authenticated, type Call, jsonEndpoint } from "./http/json-endpoint.ts";
import { idInPath } from "./http/path-id.ts";

/** Takes the person's word on a post that is in doubt: they can look at the account, this service cannot. */
export async function settlePost(call: Call): Promise<HttpResponse> {
  const { event, runtime, database, log } = call;
  const userId = userObjectId(await authenticated(call));
  const body = SettlementRequest.safeParse(jsonBody(event));
  if (!body.success) throw new HttpProblem("invalid_request", explained(body.error));
  const postId = idInPath(event, "postId");
  const { outcome } = body.data;
  const settled = userId && postId && (await settleByPerson(database.db, { userId, postId, outcome }, runtime.clock));
  if (!settled) throw new HttpProblem("not_found", "You have no such post whose outcome is in doubt.");
  log.info("post settled", { outcome, postId });
  return json(200, shownPost(settled));
}

export const handler = jsonEndpoint("settle-post", settlePost);
