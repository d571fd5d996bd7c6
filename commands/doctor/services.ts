import type { Env } from "../../lib/config/env.ts";
import { type Finding, ok, warning } from "./finding.ts";

const CHECK = "services";
const TIKTOK_API = "https://open.tiktokapis.com";

/** The parts that may be left out, and what is missing then. */
export function serviceFindings({ RESCUE_QUEUE_URL, EVENT_BUS_NAME, TIKTOK_API_ORIGIN }: Env): Finding[] {
  const findings: Finding[] = [];
  if (RESCUE_QUEUE_URL === undefined)
    findings.push(
      warning(
        CHECK,
        "Without a rescue queue a refreshed token is lost when the database does not take it for minutes.",
        "set RESCUE_QUEUE_URL to the stack's output RescueQueueUrl",
      ),
    );
  if (TIKTOK_API_ORIGIN !== TIKTOK_API)
    findings.push(
      warning(CHECK, `TikTok is looked for at ${TIKTOK_API_ORIGIN}.`, `leave TIKTOK_API_ORIGIN out: ${TIKTOK_API}`),
    );
  const events = EVENT_BUS_NAME === undefined ? "Events stay in the outbox" : `Events go to ${EVENT_BUS_NAME}`;
  return [...findings, ok(CHECK, `${events}.`)];
}
