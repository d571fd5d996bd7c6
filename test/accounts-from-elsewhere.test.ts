import { expect, test } from "vitest";
import { markRevoked } from "../lib/accounts/revoked-accounts.ts";
import type { SocialAccount } from "../lib/accounts/social-account.ts";
import { auditLinks } from "../lib/integrity/audit-links.ts";
import type { SettledFinding } from "../lib/integrity/finding.ts";
import { inTransaction } from "../lib/mongo/transaction.ts";
import { staleProfiles } from "../lib/refresh/stale-profiles.ts";
import { freshToken } from "../lib/tokens/fresh-token.ts";
import { tokenWorld } from "./support/world.ts";

const world = await tokenWorld();
const MINUTE = 60_000;

/** What a program that writes accounts of its own may leave out. */
const BARE = {
  refreshTokenExpiry: undefined,
  statusReason: undefined,
  metadata: undefined,
  lease: undefined,
  refreshAttempts: undefined,
  eventSequence: undefined,
  lastRefreshedAt: undefined,
  lastUsedAt: undefined,
  lastError: undefined,
} satisfies Partial<SocialAccount> | Record<string, undefined>;

test.for([undefined, null])("an account whose metadata is %s is refreshed and gets a profile", async (metadata) => {
  const before = await world.dueAccount({ ...BARE, metadata });
  const profiles = staleProfiles(world.deps);

  const report = await world.run({ afterRefresh: (account, { grant }) => profiles.offer(account, grant) });
  await profiles.finish();

  expect(report).toMatchObject({ claimed: 1, refreshed: 1, failed: 0 });
  expect((await world.accountNow(before)).metadata).toMatchObject({ profileFetchedAt: world.now() });
});

test("an account without a count of attempts waits after a failure as any other", async () => {
  const before = await world.dueAccount(BARE);
  world.tiktok.fault("token:refresh_token", { status: 503 });

  const report = await world.run();

  expect(report).toMatchObject({ claimed: 1, backedOff: 1 });
  const after = await world.accountNow(before);
  expect(after.nextRefreshAt.getTime()).toBeGreaterThanOrEqual(world.now().getTime() + MINUTE / 2);
  expect(after.refreshAttempts).toBe(1);
});

test.for([undefined, null, { id: null, until: null }])("a lease of %j is nobody's", async (lease) => {
  const tokenExpiry = new Date(world.now().getTime() - MINUTE);
  const before = await world.addAccount({ ...BARE, tokenExpiry, lease } as Partial<SocialAccount>);

  const answer = await freshToken(before._id, 5 * MINUTE, world.deps);

  expect(answer.kind).toBe("token");
});

test("a withdrawal reaches an account that does not say when it was connected", async () => {
  const before = await world.addAccount({ ...BARE, connectedAt: undefined });
  const { platform, platformAccountId } = before;
  const withdrawal = { platform, platformAccountId, grantedBefore: world.now() };

  const revoked = await inTransaction(
    world.client,
    (session) =>
      markRevoked(world.db, before._id, withdrawal, { reason: "user_disconnected", at: world.now() }, session),
    { deadlineMs: 5_000, random: Math.random },
  );

  expect(revoked).toMatchObject({ status: "revoked", eventSequence: 1 });
});

test("the audit references an account on a user whose list is null", async () => {
  const { _id, userId } = await world.addAccount(BARE);
  await world.db.collection("users").updateOne({ _id: userId }, { $set: { socialAccounts: null } });

  await auditLinks({ repairing: true }, { ...world.deps, mayGoOn: () => true, onFinding: () => undefined });

  expect(await world.db.collection("users").findOne({ _id: userId })).toMatchObject({ socialAccounts: [_id] });
});

test("the audit takes such an account for one of ours", async () => {
  const { _id } = await world.addAccount(BARE);
  const findings: SettledFinding[] = [];

  await auditLinks(
    { repairing: false },
    { ...world.deps, mayGoOn: () => true, onFinding: (finding) => void findings.push(finding) },
  );

  expect(findings.filter(({ accountId }) => accountId === _id.toHexString())).toEqual([]);
});
