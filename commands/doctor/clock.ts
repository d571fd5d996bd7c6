import type { TikTokApp } from "../../lib/tiktok/app.ts";
import { type Finding, ok, problem, skipped } from "./finding.ts";

const CHECK = "clock";
const TOLERATED_MS = 30_000;

/** Compares this machine's clock to the Date of TikTok's answers: lifetimes, sessions and signatures depend on it. */
export async function clockFindings({ apiOrigin, fetch, clock }: TikTokApp): Promise<Finding[]> {
  const answer = await fetch(apiOrigin, {
    method: "HEAD",
    redirect: "manual",
    signal: AbortSignal.timeout(5_000),
  }).catch(() => undefined);
  const theirs = Date.parse(answer?.headers.get("date") ?? "");
  if (Number.isNaN(theirs))
    return [skipped(CHECK, "TikTok said no time. Lambda's clock is AWS's; on other machines look at timedatectl.")];
  const seconds = Math.round((clock().getTime() - theirs) / 1000);
  if (Math.abs(seconds) * 1000 <= TOLERATED_MS) return [ok(CHECK, "It agrees with TikTok's.")];
  return [
    problem(
      CHECK,
      `It is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead of" : "behind"} TikTok's.`,
      "let this machine follow a time server",
    ),
  ];
}
