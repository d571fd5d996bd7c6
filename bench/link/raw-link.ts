import { ObjectId, type TransactionOptions } from "mongodb";
import { type Clock, type Random, systemClock } from "../../lib/clock.ts";
import type { TokenCipher } from "../../lib/crypto/token-cipher.ts";
import type { Database } from "../../lib/mongo/connection.ts";
import { sealGrant } from "../../lib/tokens/seal-grant.ts";
import { METADATA, type Pending } from "./pending.ts";

const OPTIONS: TransactionOptions = {
  readConcern: { level: "snapshot" },
  writeConcern: { w: "majority" },
  readPreference: "primary",
  maxCommitTimeMS: 5_000,
};

/** The same four writes by the driver alone. */
export async function rawLink(
  { connection, grant }: Pending,
  { database, ...sealing }: { database: Database; cipher: TokenCipher; clock: Clock; random: Random },
): Promise<void> {
  const { client, db } = database;
  const { userId, platform } = connection;
  const { platformAccountId } = grant;
  const now = systemClock();
  const accountId = new ObjectId();
  const sealed = sealGrant(grant, connection, sealing);
  await client.withSession((session) =>
    session.withTransaction(async () => {
      const account = await db.collection("socialaccounts").findOneAndUpdate(
        { userId, platform, platformAccountId },
        {
          $set: {
            ...sealed,
            connectedAt: now,
            ...Object.fromEntries(Object.entries(METADATA).map(([name, value]) => [`metadata.${name}`, value])),
            status: "active",
            statusReason: null,
            lastError: null,
            refreshAttempts: 0,
            lease: null,
            updatedAt: now,
          },
          $inc: { tokenVersion: 1, eventSequence: 1 },
          $setOnInsert: { _id: accountId, lastRefreshedAt: null, lastUsedAt: null, createdAt: now },
        },
        { session, upsert: true, returnDocument: "after" },
      );
      await db
        .collection("users")
        .updateOne(
          { _id: userId, "socialAccounts.49": { $exists: false } },
          { $addToSet: { socialAccounts: account?._id } },
          { session },
        );
      await db.collection("auditevents").insertOne(
        {
          type: "SocialAccountLinked",
          userId,
          accountId,
          platform,
          platformAccountId,
          sequence: 1,
          at: now,
          publishedAt: null,
        },
        { session },
      );
      await db
        .collection<{ _id: string }>("oauthstates")
        .updateOne(
          { _id: connection._id },
          { $set: { outcome: { kind: "linked", accountId: accountId.toHexString() } } },
          { session },
        );
    }, OPTIONS),
  );
}
