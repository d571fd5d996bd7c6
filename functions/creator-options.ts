import { userObjectId } from "../lib/accounts/user-id.ts";
import { HttpProblem } from "../lib/http/problem.ts";
import { type HttpResponse, json } from "../lib/http/responses.ts";
import { deadlineIn } from "../lib/mongo/deadline.ts";
import { accountOptions } from "../lib/posting/account-options.ts";
import { authenticated, type Call, jsonEndpoint } from "./http/json-endpoint.ts";
import { idInPath } from "./http/path-id.ts";
import { postingServicesOf } from "./jobs/posting-dependencies.ts";
import { tokenDependencies } from "./jobs/token-dependencies.ts";

const BUDGET_MS = 11_000;

/** What the owner of an account may choose for a post right now, and why not when not. */
export async function creatorOptions(call: Call): Promise<HttpResponse> {
  const { event, runtime, database, log } = call;
  const userId = userObjectId(await authenticated(call));
  const accountId = idInPath(event, "accountId");
  if (!userId || !accountId) throw new HttpProblem("not_found", "You have no such account.");
  const tokens = await tokenDependencies(runtime, database, log, deadlineIn(BUDGET_MS));
  const services = postingServicesOf(runtime);
  const result = await accountOptions({ userId, accountId }, { ...tokens, services });
  log.info("creator asked for", { outcome: result.kind, accountId });
  switch (result.kind) {
    case "choices":
      return json(200, { canPost: true, problem: null, options: result.choices });
    case "refused":
      return json(200, { canPost: false, problem: result.problem, options: null });
    case "not_found":
      throw new HttpProblem("not_found", "You have no such account.");
    case "not_now":
      throw new HttpProblem("unavailable", "The platform cannot be asked right now. Try again in a moment.");
  }
}

export const handler = jsonEndpoint("creator-options", creatorOptions);
