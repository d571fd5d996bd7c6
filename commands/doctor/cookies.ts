import type { Env } from "../../lib/config/env.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

const CHECK = "cookies";

/** What the names of the session cookies, and a page without TLS, mean for the browser. */
export function cookieFindings({ APP_ORIGIN, API_ORIGIN, SESSION_COOKIE_NAMES = [] }: Env): Finding[] {
  const app = new URL(APP_ORIGIN);
  const findings: Finding[] = [];
  if (app.protocol === "http:" && !["localhost", "127.0.0.1", "[::1]"].includes(app.hostname))
    findings.push(
      problem(CHECK, `${APP_ORIGIN} is not https: browsers keep no secure cookie of it.`, "serve the app over https"),
    );
  const hostOnly = SESSION_COOKIE_NAMES.filter((name) => name.startsWith("__Host-"));
  if (hostOnly.length > 0 && app.hostname !== new URL(API_ORIGIN).hostname)
    findings.push(
      problem(
        CHECK,
        `${hostOnly.join(", ")} stays with ${app.hostname} and never reaches the API.`,
        "name the cookie with __Secure-, or serve the API under the app's own origin",
      ),
    );
  const plain = SESSION_COOKIE_NAMES.filter((name) => !/^__(?:Host|Secure)-/.test(name));
  if (plain.length > 0 && app.protocol === "https:")
    findings.push(
      warning(
        CHECK,
        `${plain.join(", ")} carries no __Secure- prefix: a page without TLS on the network could set it.`,
        "rename the session cookie in the app and in SESSION_COOKIE_NAMES",
      ),
    );
  if (findings.length > 0) return findings;
  return [
    ok(
      CHECK,
      SESSION_COOKIE_NAMES.length > 0
        ? `Session in ${SESSION_COOKIE_NAMES.join(", ")}.`
        : "The session cookies of Auth.js and NextAuth, by their own names.",
    ),
  ];
}
