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

/** Every index that this product relies on, by collection. */
export const wantedIndexes = (ownership: Ownership): Readonly<Record<string, readonly IndexDescription[]>> => ({
  socialaccounts: socialAccountIndexes(ownership),
  oauthstates: pendingConnectionIndexes,
  auditevents: auditEventIndexes,
  revocations: revocationIndexes,
  posts: postIndexes,
  postlimits: rateLimitIndexes,
});

/** Creates what is missing and switches the ownership index; safe to run again and beside live traffic. */
export async function createIndexes(db: Db, ownership: Ownership): Promise<IndexReport> {
  const report = {
    created: [] as string[],
    dropped: [] as string[],
    duplicates: [] as IndexReport["duplicates"][number][],
  };
  for (const [collection, indexes] of Object.entries(wantedIndexes(ownership))) {
    const existing = await indexesOf(db, collection);
    for (const { key, name = "", ...options } of indexes) {
      // by its keys, whatever its name: the app may have made the same index itself
      const present = existing.find(onKeys(key));
      if (present && isUnique(present) === isUnique(options)) continue;
      const duplicates = options.unique ? await duplicatesOf(db, collection, Object.keys(key)) : [];
      report.duplicates.push(...duplicates.map((duplicate) => ({ index: `${collection}.${name}`, ...duplicate })));
      if (duplicates.length > 0) continue;
      if (present) {
        await db.collection(collection).dropIndex(present.name);
        report.dropped.push(`${collection}.${present.name}${present.unique ? " (unique)" : ""}`);
      }
      await db.collection(collection).createIndex(key as Record<string, 1>, { ...options, name });
      report.created.push(`${collection}.${name}${options.unique ? " (unique)" : ""}`);
    }
  }
  return report;
}

/** The names of the indexes that createIndexes would create, or create anew. */
export async function missingIndexes(db: Db, ownership: Ownership): Promise<string[]> {
  const missing: string[] = [];
  for (const [collection, indexes] of Object.entries(wantedIndexes(ownership))) {
    const existing = await indexesOf(db, collection);
    for (const wanted of indexes) {
      const present = existing.find(onKeys(wanted.key));
      if (!present || isUnique(present) !== isUnique(wanted)) missing.push(`${collection}.${wanted.name}`);
    }
  }
  return missing;
}

const onKeys =
  (key: object) =>
  (index: { key: object }): boolean =>
    JSON.stringify(index.key) === JSON.stringify(key);

const isUnique = ({ unique }: { unique?: boolean }): boolean => unique === true;

async function indexesOf(db: Db, collection: string): Promise<{ name: string; key: object; unique?: boolean }[]> {
  const indexes = await db
    .collection(collection)
    .indexes()
    .catch((error: unknown) => {
      if (error instanceof MongoServerError && error.code === 26) return []; // no such collection yet
      throw error;
    });
  return indexes.map(({ name = "", key, unique }) => ({ name, key, unique }));
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
