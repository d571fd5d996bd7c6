import type { StoredOutcome } from "../oauth/pending-connection.ts";
import { type FailureCode, isFailureCode } from "./outcome-codes.ts";

export type ConnectionOutcome =
  | { readonly kind: "linked"; readonly accountId: string; readonly expected?: string }
  | { readonly kind: "failed"; readonly code: FailureCode; readonly evidence?: Evidence }
  /** Another request is still at work on it. */
  | { readonly kind: "pending" };

/** What TikTok said, for the log line of the outcome: neither stored nor shown. */
export interface Evidence {
  readonly tiktokError: string;
  readonly tiktokErrorType?: string | undefined;
  readonly tiktokLogId?: string | undefined;
  readonly tiktokDescription?: string | undefined;
}

/** How it ended and where in the app that is shown. */
export interface Completion {
  readonly outcome: ConnectionOutcome;
  readonly returnTo: string;
}

export type FinalOutcome = Exclude<ConnectionOutcome, { kind: "pending" }>;

export const failed = (code: FailureCode, evidence?: Evidence): FinalOutcome & { kind: "failed" } => ({
  kind: "failed",
  code,
  ...(evidence && { evidence }),
});

export const outcomeFrom = (stored: StoredOutcome): FinalOutcome =>
  stored.kind === "linked" ? stored : failed(isFailureCode(stored.code) ? stored.code : "internal");

/** Where in the app the person is told how it went: the page they came from, its own query and hash kept. */
export function outcomeUrl(appOrigin: string, returnTo: string, outcome: ConnectionOutcome): URL {
  const url = new URL(returnTo, appOrigin);
  if (url.searchParams.has("tiktok")) forgetEarlierOutcome(url.searchParams);
  for (const [name, value] of Object.entries(outcomeParameters(outcome))) url.searchParams.set(name, value);
  return url;
}

/** The query parameters that tell the app's page how it went. */
export function outcomeParameters(outcome: ConnectionOutcome): Record<string, string> {
  if (outcome.kind === "pending") return { tiktok: "pending" };
  if (outcome.kind === "failed") return { tiktok: "error", code: outcome.code };
  return {
    tiktok: "linked",
    account: outcome.accountId,
    ...(outcome.expected !== undefined && { expected: outcome.expected }),
  };
}

// a page that was told before and came here again with its whole address
function forgetEarlierOutcome(query: URLSearchParams): void {
  for (const name of ["tiktok", "code", "account", "expected"]) query.delete(name);
}
