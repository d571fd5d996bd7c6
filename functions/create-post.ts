import { userObjectId } from "../lib/accounts/user-id.ts";
import { HttpProblem } from "../lib/http/problem.ts";
import { type HttpResponse, json } from "../lib/http/responses.ts";
import { addressProblem } from "../lib/media/media-address.ts";
import { createPosts } from "../lib/posting/create-posts.ts";
import type { Post } from "../lib/posting/post.ts";
import { type PostRequest, parsePostRequest } from "../lib/posting/post-request.ts";
import { shownPost } from "../lib/posting/shown-post.ts";
import { jsonBody } from "./http/json-body.ts";
import { authenticated, type Call, jsonEndpoint } from "./http/json-endpoint.ts";
import { allowedAddresses, askForTurnOf, postingServicesOf } from "./jobs/posting-dependencies.ts";
import type { Runtime } from "./runtime.ts";

/** Takes a post for any of the signed-in user's accounts. It is made outside this request: the answer says how each stands. */
export async function createPost(call: Call): Promise<HttpResponse> {
  const { event, runtime, database, log } = call;
  const userId = userObjectId(await authenticated(call));
  const services = postingServicesOf(runtime);
  const parsed = parsePostRequest(jsonBody(event), services);
  if (parsed.kind === "invalid") throw new HttpProblem("invalid_request", parsed.message);
  refuseForbiddenMedia(parsed.request, runtime);
  const deps = { db: database.db, services, clock: runtime.clock };
  const result = userId ? await createPosts(userId, parsed.request, deps) : { kind: "not_found" as const };
  if (result.kind === "not_found") throw new HttpProblem("not_found", "accountIds: you have no such account.");
  if (result.kind === "key_reused")
    throw new HttpProblem("invalid_request", "idempotencyKey: it was used for another post already. Take a new one.");
  await handOver(result.posts, runtime);
  log.info("posts taken", { outcome: "ok", userId, posts: result.posts.length });
  return json(202, { posts: result.posts.map(shownPost) });
}

function refuseForbiddenMedia({ media }: PostRequest, runtime: Runtime): void {
  for (const [index, { url }] of media.entries()) {
    const problem = addressProblem(url, allowedAddresses(runtime));
    if (problem !== undefined) throw new HttpProblem("invalid_request", `media.${index}.url: ${problem}`);
  }
}

/** Also for posts that are there already: the request before may have ended between its write and its message. */
async function handOver(posts: readonly Post[], runtime: Runtime): Promise<void> {
  const waiting = posts.filter(({ status, turn }) => status === "queued" && turn === 0);
  const askForTurn = askForTurnOf(runtime);
  await Promise.all(waiting.map(({ _id }) => askForTurn(_id, 0, 0))).catch((cause: unknown) => {
    throw new HttpProblem("unavailable", "The post is noted, but not under way. Send it again, with the same key.", {
      cause,
    });
  });
}

export const handler = jsonEndpoint("create-post", createPost);
