import { randomBytes } from "node:crypto";
import { type Collection, type Db, MongoClient, ObjectId } from "mongodb";
import { createIndexes } from "../../commands/create-indexes.ts";
import { freshDatabase } from "../../dev/mongo/replica-set.ts";
import { claimDue } from "../../lib/accounts/refresh-queue.ts";
import { type SocialAccount, socialAccounts } from "../../lib/accounts/social-account.ts";
import { after } from "../../lib/clock.ts";

export interface ClaimTimes {
  readonly documents: number;
  /** Milliseconds, sorted: with 200 due, and with everything due. */
  readonly fewDue: readonly number[];
  readonly allDue: readonly number[];
}

const NOW = new Date("2026-11-23T12:00:00Z");
const IN_A_YEAR = after(NOW, 365 * 86_400_000);
const DUE = 200;
const BATCH = 2_000;
/** Where an engine sorts what is due, this takes seconds. */
const ALL_DUE_EVERY = 4;
const TERMS = { leaseMs: 90_000, limit: DUE };

/** How long it takes to lease 200 accounts among so many, in turns, so that whatever else the machine does falls on all of them. */
export async function claimTimes(
  mongodbUri: string,
  sizes: readonly number[],
  rounds: number,
  say: (line: string) => void,
): Promise<ClaimTimes[]> {
  const client = await new MongoClient(mongodbUri, { maxPoolSize: 10 }).connect();
  const fields = [];
  try {
    for (const documents of sizes) {
      const { name, drop } = await freshDatabase(mongodbUri, "bench");
      fields.push({ documents, db: client.db(name), drop, fewDue: [] as number[], allDue: [] as number[] });
      await fill(client.db(name), documents, say);
    }
    for (let round = -1; round < rounds; round += 1)
      for (const { db, fewDue, allDue } of fields) {
        const few = await timedClaim(db, NOW);
        if (round >= 0) fewDue.push(few);
        if (round % ALL_DUE_EVERY === 0) allDue.push(await timedClaim(db, IN_A_YEAR));
      }
    return fields.map(({ documents, fewDue, allDue }) => ({
      documents,
      fewDue: fewDue.sort((left, right) => left - right),
      allDue: allDue.sort((left, right) => left - right),
    }));
  } finally {
    for (const { drop } of fields) await drop();
    await client.close();
  }
}

async function timedClaim(db: Db, now: Date): Promise<number> {
  const startedAt = performance.now();
  const { claimed } = await claimDue(db, { now, ...TERMS });
  const took = performance.now() - startedAt;
  if (claimed.length !== DUE) throw new Error(`${claimed.length} claimed instead of ${DUE}`);
  const back = claimed.map(({ _id, dueAt }) => ({
    updateOne: { filter: { _id }, update: { $set: { lease: null, nextRefreshAt: dueAt } } },
  }));
  await socialAccounts(db).bulkWrite(back, { ordered: false });
  return took;
}

async function fill(db: Db, documents: number, say: (line: string) => void): Promise<void> {
  await createIndexes(db, "shared");
  const accounts: Collection<SocialAccount> = socialAccounts(db);
  for (let from = 0; from < documents; from += BATCH) {
    await accounts.insertMany(
      Array.from({ length: BATCH }, (_, index) => accountNumber(from + index)),
      { ordered: false },
    );
    if ((from + BATCH) % 100_000 === 0) say(`${from + BATCH} of ${documents} documents`);
  }
}

/** The first ones are due, the others within a day. */
const accountNumber = (number: number): SocialAccount => ({
  _id: new ObjectId(),
  userId: new ObjectId(),
  platform: "tiktok",
  platformAccountId: `-000${randomBytes(16).toString("hex")}`,
  accessToken: SEALED,
  refreshToken: SEALED,
  tokenExpiry: after(NOW, 86_400_000),
  refreshTokenExpiry: IN_A_YEAR,
  scopes: ["user.info.basic", "video.publish"],
  status: "active",
  statusReason: null,
  metadata: { displayName: `Creator ${number}`, username: `creator.${number}` },
  nextRefreshAt: after(NOW, number < DUE ? -1_000 * (number + 1) : 60_000 + ((number * 7_919) % 86_400) * 1_000),
  lease: null,
  refreshAttempts: 0,
  tokenVersion: 1,
  eventSequence: 1,
  connectedAt: NOW,
  lastRefreshedAt: null,
  lastUsedAt: null,
  lastError: null,
  createdAt: NOW,
  updatedAt: NOW,
});

const SEALED = `v1.k1.${randomBytes(12).toString("base64url")}.${randomBytes(72).toString("base64url")}.${randomBytes(16).toString("base64url")}`;
