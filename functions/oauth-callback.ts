import { completeConnection, type TikTokAnswer } from "../lib/connect/complete-connection.ts";
import { type Completion, failed, outcomeUrl } from "../lib/connect/outcome.ts";
import { answerMalformed } from "../lib/connect/unclaimed-callback.ts";
import { cookiesOf, queryOf, singleParameter } from "../lib/http/request.ts";
import { type HttpResponse, redirect } from "../lib/http/responses.ts";
import { bindingIn } from "../lib/oauth/binding-cookie.ts";
import { isStateShaped } from "../lib/oauth/pending-connection.ts";
import { connectionMetrics } from "./http/connection-metrics.ts";
import { navigation, type Visit } from "./http/navigation.ts";
import { signedInUser } from "./http/session.ts";
import { currentCipher, metricsOf, tiktokApp } from "./runtime.ts";

const emitMetrics = metricsOf("oauth-callback");
const MAX_CODE_LENGTH = 2048;

/** Takes the person back from TikTok: links the account, or says why not, and returns to the page they came from. */
export async function oauthCallback(visit: Visit): Promise<HttpResponse> {
  const { outcome, returnTo } = await completionOf(visit);
  const result = outcome.kind === "failed" ? outcome.code : outcome.kind;
  visit.log.info("connection completed", {
    outcome: result,
    ...(outcome.kind === "linked" && { accountId: outcome.accountId }),
    ...(outcome.kind === "failed" && outcome.evidence),
  });
  emitMetrics(connectionMetrics(result));
  return redirect(outcomeUrl(visit.runtime.env.APP_ORIGIN, returnTo, outcome));
}

async function completionOf({ event, runtime, database, log }: Visit): Promise<Completion> {
  const query = queryOf(event);
  const state = singleParameter(query, "state");
  const binding = bindingIn(cookiesOf(event));
  if (!isStateShaped(state) || binding === undefined) return { outcome: failed("state_invalid"), returnTo: "/" };
  const answer = answerIn(query);
  if (!answer) return answerMalformed("tiktok", { state, binding }, { database });

  const { env, clock, random } = runtime;
  const visibleUserId = await signedInUser(event, database, runtime);
  return completeConnection(
    { state, binding, answer, visibleUserId },
    {
      database,
      tiktok: tiktokApp(runtime),
      cipher: await currentCipher(runtime),
      clock,
      random,
      log,
      requiredScopes: env.TIKTOK_REQUIRED_SCOPES,
      rules: { ownership: env.ACCOUNT_OWNERSHIP, maxAccountsPerUser: env.MAX_ACCOUNTS_PER_USER },
    },
  );
}

/** A code or an error, each given once; an error wins, because then no code was meant to be used. */
function answerIn(query: URLSearchParams): TikTokAnswer | undefined {
  const error = singleParameter(query, "error");
  if (error) return { kind: "error", error, errorType: singleParameter(query, "error_type") };
  const code = singleParameter(query, "code");
  if (query.has("error") || !code || code.length > MAX_CODE_LENGTH) return undefined;
  return { kind: "code", code };
}

export const handler = navigation("oauth-callback", oauthCallback, () => "/");
