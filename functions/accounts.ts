import type { SocialAccount } from "../lib/accounts/social-account.ts";
import { accountsOfUser } from "../lib/accounts/user-accounts.ts";
import { userObjectId } from "../lib/accounts/user-id.ts";
import { type HttpResponse, json } from "../lib/http/responses.ts";
import { authenticated, type Call, jsonEndpoint } from "./http/json-endpoint.ts";

/** Lists the signed-in user's own accounts. */
export async function listAccounts(call: Call): Promise<HttpResponse> {
  const userId = userObjectId(await authenticated(call));
  const accounts = userId ? await accountsOfUser(call.database.db, userId) : [];
  call.log.info("accounts listed", { outcome: "ok", accounts: accounts.length });
  return json(200, { accounts: accounts.map(shown) });
}

/** What a browser may see of an account: never a token. */
const shown = (account: SocialAccount) => ({
  id: account._id.toHexString(),
  platform: account.platform,
  platformAccountId: account.platformAccountId,
  status: account.status,
  statusReason: account.statusReason ?? null,
  displayName: account.metadata?.displayName ?? null,
  username: account.metadata?.username ?? null,
  avatarUrl: account.metadata?.avatarUrl ?? null,
  scopes: account.scopes ?? [],
  tokenExpiry: isoDate(account.tokenExpiry),
  connectedAt: isoDate(account.connectedAt),
  lastUsedAt: isoDate(account.lastUsedAt),
});

const isoDate = (date: Date | null | undefined): string | null => date?.toISOString() ?? null;

export const handler = jsonEndpoint("accounts", listAccounts);
