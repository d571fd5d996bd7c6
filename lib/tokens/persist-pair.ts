import { setTimeout as sleep } from "node:timers/promises";
import type { LeasedAccount } from "../accounts/refresh-queue.ts";
import { noteRevocation } from "../accounts/revocations.ts";
import { type StoredTokens, type StoreResult, storeTokens } from "../accounts/token-writes.ts";
import { within } from "../mongo/deadline.ts";
import { isStorageFailure } from "../mongo/errors.ts";
import { describeError } from "../observability/describe-error.ts";
import type { TokenDependencies } from "./dependencies.ts";
import type { RescueMessage } from "./rescue-message.ts";
import { orphanedPair } from "./rescue-pair.ts";

const ATTEMPT_MS = 5_000;
const SHORTEST_ATTEMPT_MS = 1_000;
const RESERVED_FOR_RESCUE_MS = 6_000;
const SHORTEST_RESCUE_MS = 3_000;

export type Persisted = Exclude<StoreResult, "gone"> | "handed_to_revocations" | "rescued" | "lost";

/**
 * Makes a new pair durable before anything else happens: in the account, again and again while time is left, else in the rescue queue. A
 * pair whose account is gone is handed on to be revoked. Never throws: "lost" is the worst that it answers.
 */
export async function persistPair(
  account: LeasedAccount,
  tokens: StoredTokens,
  deps: TokenDependencies,
): Promise<Persisted> {
  const { database, deadline, random, log } = deps;
  const accountId = account._id.toHexString();

  const attemptMs = () =>
    Math.max(SHORTEST_ATTEMPT_MS, Math.min(ATTEMPT_MS, deadline.remaining() - SHORTEST_RESCUE_MS));

  async function store(attempts: number): Promise<Persisted> {
    try {
      const result = await within(attemptMs(), storeTokens(database.db, account, tokens));
      return result === "gone" ? await handToRevocations(account, tokens, deps) : result;
    } catch (error) {
      const pauseMs = random() * Math.min(100 * 2 ** attempts, 3_000);
      const timeIsLeft = deadline.remaining() - pauseMs > ATTEMPT_MS + RESERVED_FOR_RESCUE_MS;
      log.warn("pair not stored", { accountId, attempts: attempts + 1, error: describeError(error) });
      if (!isStorageFailure(error) || !timeIsLeft) return rescue();
      await sleep(pauseMs);
      return store(attempts + 1);
    }
  }

  async function rescue(): Promise<Persisted> {
    const sent =
      deps.rescue?.send(rescueMessage(account, tokens)) ?? Promise.reject(new Error("There is no rescue queue"));
    return sent.then(
      () => "rescued",
      (error: unknown) => {
        log.error("pair lost: neither stored nor rescued", { accountId, error: describeError(error) });
        return "lost";
      },
    );
  }

  return store(0);
}

async function handToRevocations(
  account: LeasedAccount,
  tokens: StoredTokens,
  { database }: TokenDependencies,
): Promise<Persisted> {
  await noteRevocation(database.db, orphanedPair(account, tokens));
  return "handed_to_revocations";
}

const rescueMessage = (
  { _id, userId, platform, platformAccountId, tokenVersion }: LeasedAccount,
  tokens: StoredTokens,
): RescueMessage => ({
  accountId: _id,
  userId,
  platform,
  platformAccountId,
  tokenVersion,
  tokens,
});
