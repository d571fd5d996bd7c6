import { ObjectId } from "mongodb";
import type { SocialAccount } from "../../lib/accounts/social-account.ts";
import { socialAccounts } from "../../lib/accounts/social-account.ts";
import { systemClock } from "../../lib/clock.ts";
import { tokenCipher } from "../../lib/crypto/token-cipher.ts";
import { createLogger } from "../../lib/observability/log.ts";
import type { Person } from "./person.ts";
import type { TestStack } from "./stack.ts";

/** The person with this TikTok account connected. */
export async function linkedAs(person: Person, openId: string) {
  const back = await person.connect({ account: openId });
  const accountId = back.searchParams.get("account");
  if (accountId === null) throw new Error(`Not linked: ${back.search}`);
  return { person, accountId };
}

/** Alters an account in the database, as time or another function would. */
export async function givenAccount(stack: TestStack, accountId: string, change: Partial<SocialAccount>): Promise<void> {
  await socialAccounts(stack.db).updateOne({ _id: new ObjectId(accountId) }, { $set: change });
}

/** What the token modules need, made of the stack's secret. */
export function tokenDependencies({
  tiktok,
  secret,
  environment,
}: Pick<TestStack, "tiktok" | "secret" | "environment">) {
  const keys = Object.entries(secret.tokenKeyring.keys).map(([id, key]) => [id, Buffer.from(key, "base64")] as const);
  const credentials = async () => secret.tiktok;
  return {
    tiktok: {
      authorizeUrl: tiktok.authorizeUrl,
      apiOrigin: tiktok.origin,
      redirectUri: `${environment.API_ORIGIN}/tiktok/callback`,
      clock: systemClock,
      fetch,
      credentials,
      renewedCredentials: credentials,
    },
    cipher: tokenCipher({ current: secret.tokenKeyring.current, keys: Object.fromEntries(keys) }),
    clock: systemClock,
    random: () => 0.5,
    log: createLogger("test"),
  };
}
