import type { IncomingMessage } from "node:http";
import type { FakeAccount } from "./accounts.ts";
import { type Answer, type Endpoint, type Exchange, failed } from "./exchange.ts";
import type { RateLimit, World } from "./world.ts";

export interface Caller {
  readonly account: FakeAccount;
  readonly scopes: readonly string[];
}

export function bearerToken({ headers }: IncomingMessage): string | undefined {
  return /^Bearer (\S+)$/.exec(headers.authorization ?? "")?.[1];
}

/** Serves whoever holds a working access token, within the rate that TikTok gives each token. */
export function forCaller(
  limit: RateLimit,
  act: (caller: Caller, exchange: Exchange, world: World) => Answer | Promise<Answer>,
): Endpoint["act"] {
  return (exchange, world) => {
    const accessToken = bearerToken(exchange.incoming);
    const grant = accessToken === undefined ? undefined : world.ledger.accessGrant(accessToken);
    const account = grant && world.accounts.get(grant.openId);
    if (!grant || !account)
      return failed(world, 401, "access_token_invalid", "The access token is invalid or not found in the request.");
    if (!world.withinRate(`${exchange.url.pathname} ${accessToken}`, world.settings.rateLimits[limit]))
      return failed(world, 429, "rate_limit_exceeded", "The API rate limit was exceeded. Please try again later.");
    return act({ account, scopes: grant.scopes }, exchange, world);
  };
}

export const scopeMissing = (world: World): Answer =>
  failed(
    world,
    401,
    "scope_not_authorized",
    "The user did not authorize the scope required for completing this request.",
  );
