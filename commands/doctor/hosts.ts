import type { Env } from "../../lib/config/env.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";
import { commonParentDomain } from "./site.ts";

const CHECK = "hosts";

/** Whether the browser sends the app's session cookie to this API. */
export function hostFindings({ APP_ORIGIN, API_ORIGIN, ALLOWED_ORIGINS }: Env): Finding[] {
  return [reach(new URL(APP_ORIGIN), new URL(API_ORIGIN)), ...originList(APP_ORIGIN, ALLOWED_ORIGINS)];
}

function reach(app: URL, api: URL): Finding {
  if (api.hostname.endsWith(".amazonaws.com"))
    return problem(
      CHECK,
      `The app's session never reaches ${api.hostname}: its cookies stay with ${app.hostname}.`,
      `put the API behind the app's own origin, as ${app.origin}/api, by a rewrite or a CloudFront behaviour`,
    );
  if (app.origin === api.origin) return ok(CHECK, "The API is under the app's own origin: its cookies reach it.");
  if (app.hostname === api.hostname)
    return ok(CHECK, "App and API share a host: cookies reach both, whatever the port.");
  const parent = commonParentDomain(app.hostname, api.hostname);
  if (parent === undefined)
    return problem(
      CHECK,
      `${app.hostname} and ${api.hostname} share no domain that may carry a cookie for both.`,
      `put the API behind the app's own origin, as ${app.origin}/api`,
    );
  return warning(
    CHECK,
    `The API sees the app's session only if its cookie is set for ${parent}, which is not what Auth.js does by itself.`,
    `set cookies.sessionToken.options.domain to ${parent} in the app, or serve the API under ${app.origin}/api`,
  );
}

function originList(appOrigin: string, allowed: readonly string[]): Finding[] {
  if (allowed.includes(appOrigin)) return [];
  return [
    problem(
      CHECK,
      `ALLOWED_ORIGINS lacks ${appOrigin}: disconnecting and posting from the app's pages would be refused.`,
      `add ${appOrigin} to ALLOWED_ORIGINS`,
    ),
  ];
}
