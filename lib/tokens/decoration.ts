import type { Clock } from "../clock.ts";
import { describeError } from "../observability/describe-error.ts";
import type { Log } from "../observability/log.ts";
import type { AccountMetadata, TokenGrant } from "../platform.ts";
import type { TikTokApp } from "../tiktok/app.ts";
import { CREATOR_INFO_SCOPE, fetchCreatorInfo } from "../tiktok/creator-info.ts";
import { fetchProfile } from "../tiktok/user-info.ts";

const DECORATION_DEADLINE_MS = 3_000;

export interface DecorationDependencies {
  readonly tiktok: TikTokApp;
  readonly clock: Clock;
  readonly log: Log;
}

/** Name, picture and posting options, as far as TikTok tells them within 3 s; what is missing is missing. */
export async function fetchDecoration(grant: TokenGrant, deps: DecorationDependencies): Promise<AccountMetadata> {
  const [profile, creator] = await Promise.all([profileOf(grant, deps), creatorOf(grant, deps)]);
  return { ...creator, ...profile };
}

async function profileOf(grant: TokenGrant, { tiktok, clock, log }: DecorationDependencies): Promise<AccountMetadata> {
  const profile = await fetchProfile(tiktok, grant.accessToken, grant.scopes, DECORATION_DEADLINE_MS).catch(
    notFetched(log, "profile"),
  );
  if (!profile) return {};
  if (profile.platformAccountId !== undefined && profile.platformAccountId !== grant.platformAccountId) {
    log.warn("profile dropped: it belongs to another account", { platformAccountId: grant.platformAccountId });
    return {};
  }
  return { ...withoutUndefined(profile.metadata), profileFetchedAt: clock() };
}

async function creatorOf(grant: TokenGrant, { tiktok, clock, log }: DecorationDependencies): Promise<AccountMetadata> {
  if (!grant.scopes.includes(CREATOR_INFO_SCOPE)) return {};
  const info = await fetchCreatorInfo(tiktok, grant.accessToken, DECORATION_DEADLINE_MS).catch(
    notFetched(log, "creator info"),
  );
  if (!info) return {};
  const { username, ...creator } = info;
  return withoutUndefined({ username, displayName: creator.nickname, creator: { ...creator, fetchedAt: clock() } });
}

const notFetched = (log: Log, what: string) => (error: unknown) => {
  log.warn("decoration not fetched", { what, error: describeError(error) });
  return undefined;
};

const withoutUndefined = (metadata: AccountMetadata): AccountMetadata =>
  Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined));
