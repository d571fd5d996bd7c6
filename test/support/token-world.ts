import { randomBytes } from "node:crypto";
import { MongoClient, ObjectId } from "mongodb";
import { createIndexes } from "../../commands/create-indexes.ts";
import { startFakeTikTok } from "../../dev/fake-tiktok/fake-tiktok.ts";
import { freshDatabase } from "../../dev/mongo/replica-set.ts";
import { linkAccount } from "../../lib/accounts/link-account.ts";
import { type SocialAccount, socialAccounts, users } from "../../lib/accounts/social-account.ts";
import { after } from "../../lib/clock.ts";
import { inTransaction } from "../../lib/mongo/transaction.ts";
import { DEFAULT_LIMITS, type RefreshRun, refreshDueAccounts } from "../../lib/refresh/refresh-due-accounts.ts";
import type { TokenDependencies } from "../../lib/tokens/dependencies.ts";
import { sealGrant } from "../../lib/tokens/seal-grant.ts";
import { placeOf } from "../../lib/tokens/seal-pair.ts";
import { heldQueue } from "./held-queue.ts";
import { quietLog } from "./quiet-log.ts";
import { tokenParts, type WorldKeys } from "./token-parts.ts";

export type TokenWorld = Awaited<ReturnType<typeof startTokenWorld>>;

const START = new Date("2026-11-23T12:00:00Z");
const MINUTE = 60_000;

/** A database, TikTok and a clock that only moves when told to: what lib/tokens and lib/refresh need, and no function around them. */
export async function startTokenWorld({
  mongodbUri,
  latencyMs = 0,
  random = Math.random,
}: {
  mongodbUri: string;
  latencyMs?: number;
  random?: () => number;
}) {
  let now = START;
  const clock = () => now;
  const { uri, name, drop } = await freshDatabase(mongodbUri, "tokens");
  const client = await new MongoClient(uri, { appName: name, maxPoolSize: 10, ignoreUndefined: true }).connect();
  const db = client.db(name);
  await createIndexes(db, "shared");
  const tiktok = await startFakeTikTok({ clock, latencyMs, random });
  const keys: WorldKeys = {
    apiOrigin: tiktok.origin,
    clientKey: tiktok.app.clientKey,
    clientSecret: tiktok.app.clientSecret,
    masterKey: randomBytes(32).toString("base64"),
  };
  const { log, lines } = quietLog();
  const rescues = heldQueue();
  const parts = tokenParts(keys, clock);
  const deps: TokenDependencies = {
    ...parts,
    database: { client, db },
    clock,
    random,
    log,
    rescue: rescues,
    deadline: { remaining: () => 60_000 },
  };

  /** A linked account as it is right after consent, with what the test wants otherwise; not stored yet. */
  function newAccount(change: Partial<SocialAccount> = {}): SocialAccount {
    const { openId } = tiktok.addAccount();
    const userId = new ObjectId();
    return {
      _id: new ObjectId(),
      userId,
      platform: "tiktok",
      platformAccountId: openId,
      ...sealedGrant(openId, userId),
      status: "active",
      statusReason: null,
      metadata: {},
      lease: null,
      refreshAttempts: 0,
      tokenVersion: 1,
      eventSequence: 1,
      connectedAt: now,
      lastRefreshedAt: null,
      lastUsedAt: now,
      lastError: null,
      createdAt: now,
      updatedAt: now,
      ...change,
    };
  }

  async function addAccount(change: Partial<SocialAccount> = {}): Promise<SocialAccount> {
    const account = newAccount(change);
    await socialAccounts(db).insertOne(account);
    await users(db).insertOne({ _id: account.userId, socialAccounts: [account._id] });
    return account;
  }

  function sealedGrant(openId: string, userId: ObjectId) {
    const { accessToken, refreshToken, scopes, expiresIn, refreshExpiresIn } = tiktok.grant(openId);
    const grant = {
      platformAccountId: openId,
      accessToken,
      refreshToken,
      scopes,
      accessTokenExpiresAt: after(now, expiresIn * 1000),
      refreshTokenExpiresAt: after(now, refreshExpiresIn * 1000),
    };
    return sealGrant(grant, { platform: "tiktok", userId }, { cipher: parts.cipher, clock, random });
  }

  async function accountNow({ _id }: Pick<SocialAccount, "_id">): Promise<SocialAccount> {
    const account = await socialAccounts(db).findOne({ _id });
    if (!account) throw new Error(`Account ${_id} is gone`);
    return account;
  }

  return {
    databaseUri: uri,
    db,
    client,
    appName: name,
    tiktok,
    keys,
    deps,
    rescues,
    logs: lines,
    now: clock,
    advance(milliseconds: number): void {
      now = after(now, milliseconds);
    },
    newAccount,
    addAccount,
    /** Linked at this moment and due at this moment. */
    dueAccount: (change: Partial<SocialAccount> = {}) => addAccount({ nextRefreshAt: after(now, -MINUTE), ...change }),
    accountNow,
    /** New tokens for the account as a person who links it again leaves them. */
    async relink({ platform, platformAccountId, userId }: SocialAccount): Promise<void> {
      const sealed = sealedGrant(platformAccountId, userId);
      const granted = { platform, platformAccountId, userId, metadata: {}, connectedAt: now, ...sealed };
      await inTransaction(
        client,
        (session) => linkAccount(db, granted, new ObjectId(), { ownership: "shared", maxAccountsPerUser: 50 }, session),
        { deadlineMs: 5_000, random },
      );
    },
    refreshTokenOf: (account: SocialAccount) =>
      parts.cipher.open(account.refreshToken, placeOf(account, "refreshToken")),
    accessTokenOf: (account: SocialAccount) => parts.cipher.open(account.accessToken, placeOf(account, "accessToken")),
    run: (change: Partial<RefreshRun> = {}) =>
      refreshDueAccounts({ ...deps, limits: { ...DEFAULT_LIMITS, concurrency: 50 }, ...change }),
    async stop(): Promise<void> {
      await Promise.all([tiktok.stop(), client.close()]);
      await drop();
    },
  };
}
