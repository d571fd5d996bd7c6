import type { TikTokApp } from "../../lib/tiktok/app.ts";
import { TikTokRefused, TikTokUnavailable } from "../../lib/tiktok/errors.ts";
import { confirmClient } from "../../lib/tiktok/tokens.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

const CHECK = "TikTok";
const DEADLINE_MS = 8_000;

/** Whether TikTok knows the app's key and secret: asked for a token of the app's own, which no account is part of. */
export const tiktokFindings = (app: TikTokApp): Promise<Finding[]> =>
  confirmClient(app, DEADLINE_MS).then(() => known(app), refused);

async function known(app: TikTokApp): Promise<Finding[]> {
  const { clientKey } = await app.credentials();
  const findings = [ok(CHECK, "It knows the client key and secret.")];
  if (clientKey.startsWith("sb"))
    findings.push(
      warning(
        CHECK,
        "The key is a sandbox's: only its target users can connect, and posts stay private.",
        "after TikTok's review put the production key and secret",
      ),
    );
  return findings;
}

function refused(error: unknown): Finding[] {
  if (error instanceof TikTokRefused && CLIENT_REFUSALS.has(error.code))
    return [
      problem(
        CHECK,
        `It does not accept the client key and secret: ${error.code}.`,
        "npm run secrets -- put tiktok.clientKey and tiktok.clientSecret, both of the sandbox or both of the live app",
      ),
    ];
  if (error instanceof TikTokRefused)
    return [
      warning(
        CHECK,
        `It answers ${error.code} to a token of the app's own, which says nothing about people's accounts.`,
        "connect an account to be sure",
      ),
    ];
  if (error instanceof TikTokUnavailable)
    return [
      problem(
        CHECK,
        `It gives no usable answer: ${error.reason}.`,
        "look at the way out to the internet, then try again",
      ),
    ];
  throw error;
}

const CLIENT_REFUSALS = new Set(["invalid_client", "unauthorized_client", "invalid_request"]);
