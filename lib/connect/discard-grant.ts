import { ObjectId } from "mongodb";
import { noteRevocation } from "../accounts/revocations.ts";
import { isLinkedAlive } from "../accounts/user-accounts.ts";
import { describeError } from "../observability/describe-error.ts";
import type { TokenGrant } from "../platform.ts";
import type { TikTokApp } from "../tiktok/app.ts";
import { revokeToken } from "../tiktok/tokens.ts";
import { sealGrant, type TokenOwner } from "../tokens/seal-grant.ts";
import type { LinkDependencies } from "./link-grant.ts";

const REVOKE_DEADLINE_MS = 3_000;

/**
 * Ends a grant that is not going to be kept, so that the app vanishes from the person's list at TikTok; noted for later when that fails.
 * Left alone while the account is linked anywhere: revoking would end those links as well.
 */
export async function discardGrant(
  grant: TokenGrant,
  owner: TokenOwner,
  deps: LinkDependencies & { readonly tiktok: TikTokApp },
): Promise<void> {
  const { database, clock, log } = deps;
  const account = { platform: owner.platform, platformAccountId: grant.platformAccountId };
  if (await isLinkedAlive(database.db, account)) return;
  await revokeToken(deps.tiktok, grant.accessToken, REVOKE_DEADLINE_MS).catch(async (error: unknown) => {
    log.warn("grant not revoked, noted for later", { ...account, error: describeError(error) });
    const { scopes: _, nextRefreshAt: __, ...sealed } = sealGrant(grant, owner, deps);
    await noteRevocation(database.db, {
      _id: new ObjectId(),
      userId: owner.userId,
      ...account,
      ...sealed,
      attempts: 1,
      nextAttemptAt: clock(),
      createdAt: clock(),
    });
  });
}
