import { beginConnection } from "../lib/connect/begin-connection.ts";
import { failed, outcomeUrl } from "../lib/connect/outcome.ts";
import type { FailureCode } from "../lib/connect/outcome-codes.ts";
import { randomToken } from "../lib/crypto/digest.ts";
import { cookiesOf, type HttpEvent, headerOf, queryOf, singleParameter } from "../lib/http/request.ts";
import { type HttpResponse, redirect } from "../lib/http/responses.ts";
import { checkedReturnTo } from "../lib/http/return-to.ts";
import { bindingCookie, bindingIn } from "../lib/oauth/binding-cookie.ts";
import { connectionMetrics } from "./http/connection-metrics.ts";
import { navigation, type Visit } from "./http/navigation.ts";
import { signedInUser } from "./http/session.ts";
import { metricsOf, tiktokApp } from "./runtime.ts";

const emitMetrics = metricsOf("authorize-redirect");

const returnToOf = (event: HttpEvent, appOrigin: string): string =>
  checkedReturnTo(singleParameter(queryOf(event), "returnTo"), appOrigin);

/** Sends the signed-in person to TikTok, having remembered who asked, in which browser, and where they came from. */
export async function authorizeRedirect({ event, runtime, database, log }: Visit): Promise<HttpResponse> {
  const { env, clock } = runtime;
  const returnTo = returnToOf(event, env.APP_ORIGIN);
  const backToApp = (code: FailureCode) => {
    log.info("connection not begun", { outcome: code });
    emitMetrics(connectionMetrics(code));
    return redirect(outcomeUrl(env.APP_ORIGIN, returnTo, failed(code)));
  };

  if (headerOf(event, "sec-fetch-site") === "cross-site") return backToApp("cross_site");
  const userId = await signedInUser(event, database, runtime);
  if (userId === undefined) return backToApp("session_missing");

  const binding = bindingIn(cookiesOf(event)) ?? randomToken();
  const beginning = await beginConnection(
    { userId, binding, returnTo, reconnect: singleParameter(queryOf(event), "reconnect") },
    { db: database.db, tiktok: tiktokApp(runtime), clock, log, scopes: env.TIKTOK_SCOPES, pkce: env.TIKTOK_PKCE },
  );
  if (beginning.kind === "failed") return backToApp(beginning.code);
  log.info("connection begun", { userId });
  emitMetrics(connectionMetrics("begun"));
  return redirect(beginning.url, [bindingCookie(binding)]);
}

export const handler = navigation("authorize-redirect", authorizeRedirect, returnToOf);
