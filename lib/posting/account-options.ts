import type { ObjectId } from "mongodb";
import { accountOfUser } from "../accounts/user-accounts.ts";
import type { CreatorOptions } from "../platform-posting.ts";
import type { TokenDependencies } from "../tokens/dependencies.ts";
import { withFreshToken } from "../tokens/fresh-token.ts";
import { isTokenRefused } from "../tokens/token-refused.ts";
import { takeRequest } from "./rate-limits.ts";
import { tokenProblem } from "./results.ts";
import type { PostingServices } from "./services.ts";

export type AccountOptions = CreatorOptions | { readonly kind: "not_found" };

/** What the owner of this account may choose right now, or why nothing can be posted there. */
export async function accountOptions(
  { userId, accountId }: { userId: ObjectId; accountId: ObjectId },
  deps: TokenDependencies & { readonly services: PostingServices },
): Promise<AccountOptions> {
  const { database, clock } = deps;
  const account = await accountOfUser(database.db, userId, accountId);
  if (!account) return { kind: "not_found" };
  const service = deps.services[account.platform];
  const wait = await takeRequest(database.db, accountId, "creatorOptions", service.perMinute.creatorOptions, clock);
  if (wait > 0) return { kind: "not_now", reason: "rate_limit", retryAfterMs: wait };
  try {
    const used = await withFreshToken(accountId, (token) => service.creatorOptions(token), deps);
    if (used.kind === "used") return used.result;
    const problem = tokenProblem(used);
    return problem ? { kind: "refused", problem } : { kind: "not_now", reason: "token" };
  } catch (error) {
    if (!isTokenRefused(error)) throw error;
    return { kind: "not_now", reason: "token" };
  }
}
