import { userObjectId } from "../accounts/user-id.ts";
import { within } from "../mongo/deadline.ts";
import { isStorageFailure } from "../mongo/errors.ts";
import {
  type ClaimedConnection,
  claimPendingConnection,
  type Return,
  settlePendingConnection,
} from "../oauth/pending-connection.ts";
import { describeError } from "../observability/describe-error.ts";
import type { TokenGrant } from "../platform.ts";
import type { TikTokApp } from "../tiktok/app.ts";
import { TikTokRefused, TikTokUnavailable } from "../tiktok/errors.ts";
import { exchangeCode } from "../tiktok/tokens.ts";
import { fetchDecoration } from "../tokens/decoration.ts";
import { discardGrant } from "./discard-grant.ts";
import { type LinkDependencies, linkGrant } from "./link-grant.ts";
import { type Completion, type FinalOutcome, failed } from "./outcome.ts";
import { answerUnclaimed } from "./unclaimed-callback.ts";

const CLAIM_DEADLINE_MS = 5_000;
const EXCHANGE_DEADLINE_MS = 8_000;
const SETTLE_DEADLINE_MS = 3_000;
const DISCARD_DEADLINE_MS = 6_000;

export interface CompleteDependencies extends LinkDependencies {
  readonly tiktok: TikTokApp;
  readonly requiredScopes: readonly string[];
}

export type TikTokAnswer =
  | { readonly kind: "code"; readonly code: string }
  | { readonly kind: "error"; readonly error: string; readonly errorType: string | undefined };

/** What came back from TikTok, in which browser, and who is signed in there, if that can be seen. */
export interface Callback {
  readonly state: string;
  readonly binding: string;
  readonly answer: TikTokAnswer;
  readonly visibleUserId: string | undefined;
}

/** Takes the callback through to a link or a named failure, at most once per state. Throws only while nothing was claimed. */
export async function completeConnection(callback: Callback, deps: CompleteDependencies): Promise<Completion> {
  const { database, clock } = deps;
  const back: Return = { state: callback.state, binding: callback.binding, answer: answerText(callback.answer) };
  const claimed = await within(CLAIM_DEADLINE_MS, claimPendingConnection(database.db, "tiktok", back, clock));
  if (!claimed) return answerUnclaimed("tiktok", back, deps);
  return { outcome: await conclude(claimed, callback, deps), returnTo: claimed.returnTo };
}

async function conclude(
  claimed: ClaimedConnection,
  callback: Callback,
  deps: CompleteDependencies,
): Promise<FinalOutcome> {
  const outcome = await connect(claimed, callback, deps).catch((error: unknown) => {
    deps.log.error("connection failed", { userId: claimed.userId.toHexString(), error: describeError(error) });
    return failed(isStorageFailure(error) ? "storage_unavailable" : "internal");
  });
  if (outcome.kind === "linked") return outcome;
  // a commit whose answer was lost may have linked after all: what is stored holds
  const { kind, code } = outcome;
  const settling = within(SETTLE_DEADLINE_MS, settlePendingConnection(deps.database.db, claimed._id, { kind, code }));
  return settling.then(
    (stored) => (stored.kind === "linked" ? stored : outcome),
    () => outcome,
  );
}

async function connect(
  claimed: ClaimedConnection,
  callback: Callback,
  deps: CompleteDependencies,
): Promise<FinalOutcome> {
  const { visibleUserId, answer } = callback;
  if (visibleUserId !== undefined && !userObjectId(visibleUserId)?.equals(claimed.userId))
    return failed("session_changed");
  if (answer.kind === "error") return refusedAtConsent(answer);

  const grant = await exchange(claimed, answer.code, deps);
  if ("kind" in grant) return grant;
  const outcome = deps.requiredScopes.every((scope) => grant.scopes.includes(scope))
    ? await linkGrant(claimed, grant, await fetchDecoration(grant, deps), deps)
    : failed("scope_missing");
  if (outcome.kind === "failed") await discard(grant, claimed, deps);
  return outcome;
}

// the person hears why it failed, whether or not the tidying up succeeds
const discard = (grant: TokenGrant, claimed: ClaimedConnection, deps: CompleteDependencies): Promise<void> =>
  within(DISCARD_DEADLINE_MS, discardGrant(grant, claimed, deps)).catch((error: unknown) => {
    deps.log.error("grant not revoked", { platformAccountId: grant.platformAccountId, error: describeError(error) });
  });

function refusedAtConsent({ error, errorType }: TikTokAnswer & { kind: "error" }): FinalOutcome {
  const evidence = { tiktokError: error.slice(0, 100), tiktokErrorType: errorType?.slice(0, 100) };
  // a sandbox without this account also says access_denied, but nobody cancelled
  const cancelled = error === "access_denied" && errorType !== "non_sandbox_target";
  return failed(cancelled ? "access_denied" : "tiktok_refused", evidence);
}

function exchange(
  { codeVerifier }: ClaimedConnection,
  code: string,
  { tiktok }: CompleteDependencies,
): Promise<TokenGrant | FinalOutcome> {
  return exchangeCode(tiktok, { code, codeVerifier }, EXCHANGE_DEADLINE_MS).catch((error: unknown) => {
    if (error instanceof TikTokRefused) {
      const { code: tiktokError, logId: tiktokLogId, description: tiktokDescription } = error;
      return failed("tiktok_refused", { tiktokError, tiktokLogId, tiktokDescription });
    }
    if (error instanceof TikTokUnavailable) {
      return failed("tiktok_unavailable", { tiktokError: error.reason, tiktokLogId: error.logId });
    }
    throw error;
  });
}

const answerText = (answer: TikTokAnswer): string =>
  answer.kind === "code" ? `code ${answer.code}` : `error ${answer.error} ${answer.errorType ?? ""}`;
