import type { Env } from "../../lib/config/env.ts";
import { type Finding, ok, problem, skipped } from "./finding.ts";

const CHECK = "deployed";

/** Whether the API answers where the browser will look for it. Before the first deploy it does not, of course. */
export async function deployedFindings({ API_ORIGIN, APP_ORIGIN }: Env, fetchUrl: typeof fetch): Promise<Finding[]> {
  const get = (path: string) =>
    fetchUrl(`${API_ORIGIN}${path}`, { redirect: "manual", signal: AbortSignal.timeout(15_000) }).catch(
      () => undefined,
    );
  const health = await get("/health");
  if (health === undefined || health.status === 404 || !isOurs(health))
    return [
      problem(
        CHECK,
        `${API_ORIGIN}/health does not answer as this API does${health ? ` (${health.status})` : ""}.`,
        "look at the rewrite or the domain in front of the API, and at the stack's output ApiUrl",
      ),
    ];
  if (health.status !== 200)
    return [
      problem(
        CHECK,
        `${API_ORIGIN}/health says ${health.status}.`,
        "look at the log of health: the secret or the database",
      ),
    ];
  const start = await get("/tiktok/authorize?returnTo=/");
  const location = start?.headers.get("location") ?? "";
  if (start?.status !== 302 || !location.startsWith(`${APP_ORIGIN}/`))
    return [
      problem(
        CHECK,
        `${API_ORIGIN}/tiktok/authorize does not send a signed-out visitor back to ${APP_ORIGIN}.`,
        "deploy with the same APP_ORIGIN, and let the rewrite pass redirects on to the browser",
      ),
    ];
  return [ok(CHECK, "It answers, and sends a signed-out visitor back to the app.")];
}

const isOurs = ({ headers }: Response) => headers.get("content-type")?.startsWith("application/json") ?? false;

export const notLookedAt = (): Finding => skipped(CHECK, "Not looked at: --deployed does, after a deploy.");
