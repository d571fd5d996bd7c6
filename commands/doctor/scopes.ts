import type { Env } from "../../lib/config/env.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

const CHECK = "scopes";

export function scopeFindings({ TIKTOK_SCOPES, TIKTOK_REQUIRED_SCOPES, POSTS_QUEUE_URL }: Env): Finding[] {
  const notAsked = TIKTOK_REQUIRED_SCOPES.filter((scope) => !TIKTOK_SCOPES.includes(scope));
  if (notAsked.length > 0)
    return [
      problem(
        CHECK,
        `${notAsked.join(", ")} is required but never asked for, so every connection would end in scope_missing.`,
        "add it to TIKTOK_SCOPES or take it out of TIKTOK_REQUIRED_SCOPES",
      ),
    ];
  if (POSTS_QUEUE_URL !== undefined && !TIKTOK_SCOPES.some((scope) => POSTING.has(scope)))
    return [
      warning(
        CHECK,
        "Posts are set up, but no scope that allows posting is asked for.",
        "add video.publish to TIKTOK_SCOPES",
      ),
    ];
  return [ok(CHECK, `Asked: ${TIKTOK_SCOPES.join(", ")}. Required: ${TIKTOK_REQUIRED_SCOPES.join(", ")}.`)];
}

const POSTING = new Set(["video.publish", "video.upload"]);
