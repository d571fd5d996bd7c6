import type { Collection, Db, ObjectId } from "mongodb";
import { ownAccount } from "../accounts/foreign-account.ts";
import { keyIdOf, type TokenCipher, TokenUnreadable } from "../crypto/token-cipher.ts";
import type { Platform } from "../platform.ts";
import { placeOf } from "../tokens/seal-pair.ts";
import { FIRST_ID } from "./id-ranges.ts";
import { tenAtOnce } from "./ten-at-once.ts";

const BATCH = 200;
const ATTEMPTS = 3;

/** What holds sealed pairs. */
export type SealedCollection = "socialaccounts" | "revocations";

interface SealedPair {
  readonly _id: ObjectId;
  readonly userId: ObjectId;
  readonly platform: Platform;
  readonly platformAccountId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly tokenVersion?: number;
}

export type Resealing = "resealed" | "current" | "unreadable" | "not_adopted" | "changed_meanwhile";

export interface ResealDependencies {
  readonly db: Db;
  readonly cipher: TokenCipher;
  readonly mayGoOn: () => boolean;
  readonly onPair: (collection: SealedCollection, id: ObjectId, resealing: Resealing) => void;
  /** After each batch, with the last id that is done. */
  readonly onProgress: (collection: SealedCollection, through: ObjectId) => void;
}

/** Seals every pair of the collection under the current key, the rest of the document untouched. False when it was stopped. */
export async function resealTokens(
  name: SealedCollection,
  { from = FIRST_ID, applying }: { from?: ObjectId | undefined; applying: boolean },
  deps: ResealDependencies,
): Promise<boolean> {
  const collection = deps.db.collection<SealedPair>(name);
  let position = from;
  while (true) {
    const batch = await collection
      .find({ _id: { $gt: position }, platform: "tiktok" })
      .sort({ _id: 1 })
      .limit(BATCH)
      .toArray();
    const resealings = await tenAtOnce(batch, async (pair) => {
      const isAdopted = name === "revocations" || ownAccount({ ...pair }) !== undefined;
      const resealing = isAdopted ? await reseal(collection, pair, applying, deps.cipher) : "not_adopted";
      return { _id: pair._id, resealing } as const;
    });
    for (const { _id, resealing } of resealings) {
      deps.onPair(name, _id, resealing);
      position = _id;
    }
    if (batch.length > 0) deps.onProgress(name, position);
    if (batch.length < BATCH) return true;
    if (!deps.mayGoOn()) return false;
  }
}

/** A refresh at the same time wins: it has sealed its pair anew, so there may be nothing left to do. */
async function reseal(
  collection: Collection<SealedPair>,
  pair: SealedPair,
  applying: boolean,
  cipher: TokenCipher,
  attempt = 1,
): Promise<Resealing> {
  const { _id, accessToken, refreshToken, tokenVersion } = pair;
  if ([accessToken, refreshToken].every((token) => keyIdOf(token) === cipher.currentKeyId)) return "current";
  const resealed = resealedPair(pair, cipher);
  if (!resealed) return "unreadable";
  if (!applying) return "resealed";
  const asRead = { _id, accessToken, refreshToken, ...(tokenVersion !== undefined && { tokenVersion }) };
  const { matchedCount } = await collection.updateOne(asRead, { $set: resealed });
  if (matchedCount === 1) return "resealed";
  const now = await collection.findOne({ _id });
  if (!now) return "current";
  return attempt < ATTEMPTS ? reseal(collection, now, applying, cipher, attempt + 1) : "changed_meanwhile";
}

function resealedPair(pair: SealedPair, cipher: TokenCipher) {
  const again = (field: "accessToken" | "refreshToken") =>
    cipher.seal(cipher.open(pair[field], placeOf(pair, field)), placeOf(pair, field));
  try {
    return { accessToken: again("accessToken"), refreshToken: again("refreshToken") };
  } catch (error) {
    if (error instanceof TokenUnreadable) return undefined;
    throw error;
  }
}

/** How many documents still hold something that is sealed with this key; a post's upload address lives an hour, so it is not resealed. */
export async function countSealedWith(db: Db, keyId: string): Promise<number> {
  const sealedWith = new RegExp(`^v1\\.${keyId}\\.`);
  const pair = { $or: [{ accessToken: sealedWith }, { refreshToken: sealedWith }] };
  const upload = { nextTurnAt: { $ne: null }, "upload.uploadUrl": sealedWith };
  const counts = await Promise.all([
    db.collection("socialaccounts").countDocuments(pair),
    db.collection("revocations").countDocuments(pair),
    db.collection("posts").countDocuments(upload),
  ]);
  return counts.reduce((sum, count) => sum + count, 0);
}
