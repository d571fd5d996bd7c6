import type { Env } from "../../lib/config/env.ts";
import { type Finding, ok, problem } from "./finding.ts";

const CHECK = "redirect URI";
const TOO_LONG = 512;

/** TikTok's rules for a web app's redirect URI (Login Kit for Web); a query is refused by the environment already. */
export function redirectUriFindings({ API_ORIGIN }: Env): Finding[] {
  const uri = `${API_ORIGIN}/tiktok/callback`;
  const findings: Finding[] = [];
  if (new URL(uri).protocol !== "https:")
    findings.push(problem(CHECK, `${uri} is not https, and TikTok refuses it.`, "give API_ORIGIN an https address"));
  if (uri.length >= TOO_LONG)
    findings.push(
      problem(CHECK, `It has ${uri.length} characters, and TikTok takes fewer than ${TOO_LONG}.`, "shorten API_ORIGIN"),
    );
  if (findings.length > 0) return findings;
  return [ok(CHECK, `Register exactly this at TikTok, under Web: ${uri}`)];
}
