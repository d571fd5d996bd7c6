import { type Db, ObjectId } from "mongodb";
import { noteRevocation } from "../accounts/revocations.ts";
import { storeTokens } from "../accounts/token-writes.ts";
import { within } from "../mongo/deadline.ts";
import type { RescueMessage } from "./rescue-message.ts";

const ATTEMPT_MS = 5_000;

export type RescueResult = "stored" | "superseded" | "handed_to_revocations";

/** Applies a rescued pair as its refresher would have, and sets the account active. A newer pair or link wins; twice changes nothing. */
export async function rescuePair(
  db: Db,
  { accountId, tokenVersion, tokens, ...account }: RescueMessage,
): Promise<RescueResult> {
  const result = await within(ATTEMPT_MS, storeTokens(db, { _id: accountId, tokenVersion }, tokens));
  if (result !== "gone") return result;
  await within(ATTEMPT_MS, noteRevocation(db, orphanedPair(account, tokens)));
  return "handed_to_revocations";
}

/** A pair without an account is revoked, so that nothing at TikTok outlives the link. */
export const orphanedPair = (
  { userId, platform, platformAccountId }: Pick<RescueMessage, "userId" | "platform" | "platformAccountId">,
  { accessToken, refreshToken, tokenExpiry, refreshTokenExpiry, lastRefreshedAt }: RescueMessage["tokens"],
) => ({
  _id: new ObjectId(),
  userId,
  platform,
  platformAccountId,
  accessToken,
  refreshToken,
  tokenExpiry,
  refreshTokenExpiry,
  attempts: 0,
  nextAttemptAt: lastRefreshedAt,
  createdAt: lastRefreshedAt,
});
