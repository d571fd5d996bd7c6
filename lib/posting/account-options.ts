import type { ObjectId } from "mongodb";
import { accountOfUser } from "../accounts/user-accounts.ts";
import type { CreatorOptions } from "../platform-posting.ts";
import type { TokenDependencies } from "../tokens/dependencies.ts";
import { takeRequest } from "./rate-limits.ts";
import type { PostingServices } from "./services.ts";
import { withToken } from "./with-token.ts";

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
  const used = await withToken(accountId, (token) => service.creatorOptions(token), deps);
  return used.kind === "used" ? used.result : used;
}
