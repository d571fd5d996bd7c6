import { type Db, type IndexDescription, MongoServerError } from "mongodb";
import { socialAccountIndexes } from "../lib/accounts/indexes.ts";
import { revocationIndexes } from "../lib/accounts/revocations.ts";
import type { Ownership } from "../lib/accounts/social-account.ts";
import { auditEventIndexes } from "../lib/audit/audit-event.ts";
import { pendingConnectionIndexes } from "../lib/oauth/indexes.ts";
import { postIndexes } from "../lib/posting/post.ts";
import { rateLimitIndexes } from "../lib/posting/rate-limits.ts";

export interface IndexReport {
  readonly created: readonly string[];
  readonly dropped: readonly string[];
  /** Keys that several documents share, so that their unique index cannot be built until somebody decides which one stays. */
  readonly duplicates: readonly { index: string; key: Record<string, unknown>; ids: readonly string[] }[];
}

const BY_OWNERSHIP: Record<Ownership, string> = { shared: "platform_account", exclusive: "platform_account_exclusive" };

/** Creates what is missing and switches the ownership index; safe to run again and beside live traffic. */
export async function createIndexes(db: Db, ownership: Ownership): Promise<IndexReport> {
  const wanted: Record<string, IndexDescription[]> = {
    socialaccounts: socialAccountIndexes(ownership),
    oauthstates: pendingConnectionIndexes,
    auditevents: auditEventIndexes,
    revocations: revocationIndexes,
    posts: postIndexes,
    postlimits: rateLimitIndexes,
  };
  const report = {
    created: [] as string[],
    dropped: [] as string[],
    duplicates: [] as IndexReport["duplicates"][number][],
  };
  for (const [collection, indexes] of Object.entries(wanted)) {
    const existing = await namesOf(db, collection);
    for (const index of indexes) {
      if (existing.has(index.name ?? "")) continue;
      const { key, name = "", ...options } = index;
      const duplicates = index.unique ? await duplicatesOf(db, collection, Object.keys(key)) : [];
      report.duplicates.push(...duplicates.map((duplicate) => ({ index: `${collection}.${name}`, ...duplicate })));
      if (duplicates.length > 0) continue;
      await dropTwin(db, collection, name, existing, report.dropped);
      await db.collection(collection).createIndex(key as Record<string, 1>, { ...options, name });
      report.created.push(`${collection}.${name}`);
    }
  }
  return report;
}

/** The index for the other ownership has the same keys: one of them has to go before the other can come. */
async function dropTwin(
  db: Db,
  collection: string,
  name: string,
  existing: Set<string>,
  dropped: string[],
): Promise<void> {
  const names = Object.values(BY_OWNERSHIP);
  if (!names.includes(name)) return;
  const twin = names.find((other) => other !== name && existing.has(other));
  if (twin === undefined) return;
  await db.collection(collection).dropIndex(twin);
  dropped.push(`${collection}.${twin}`);
}

async function namesOf(db: Db, collection: string): Promise<Set<string>> {
  const indexes = await db
    .collection(collection)
    .indexes()
    .catch((error: unknown) => {
      if (error instanceof MongoServerError && error.code === 26) return []; // no such collection yet
      throw error;
    });
  return new Set(indexes.map(({ name }) => name ?? ""));
}

async function duplicatesOf(db: Db, collection: string, fields: string[]) {
  const groups = await db
    .collection(collection)
    .aggregate<{ _id: Record<string, unknown>; ids: unknown[] }>([
      {
        $group: {
          _id: Object.fromEntries(fields.map((field) => [field, `$${field}`])),
          ids: { $push: "$_id" },
          count: { $sum: 1 },
        },
      },
      { $match: { count: { $gt: 1 } } },
    ])
    .toArray();
  return groups.map(({ _id, ids }) => ({ key: _id, ids: ids.map(String) }));
}
