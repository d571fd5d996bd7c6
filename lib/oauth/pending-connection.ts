import type { ClientSession, Collection, Db, ObjectId } from "mongodb";
import { after, type Clock } from "../clock.ts";
import { randomToken, sha256 } from "../crypto/digest.ts";
import type { Platform } from "../platform.ts";

/** How a connection ended, as the person is told it. */
export type StoredOutcome =
  | { readonly kind: "linked"; readonly accountId: string; readonly expected?: string }
  | { readonly kind: "failed"; readonly code: string };

export interface PendingConnection {
  /** SHA-256 of the state parameter. */
  readonly _id: string;
  readonly bindingHash: string;
  readonly userId: ObjectId;
  readonly platform: Platform;
  readonly returnTo: string;
  readonly reconnect?: string | undefined;
  readonly codeVerifier?: string | undefined;
  readonly createdAt: Date;
  readonly claimedAt?: Date;
  /** SHA-256 of the answer that claimed it, a code or an error. */
  readonly codeHash?: string;
  readonly outcome?: StoredOutcome;
}

declare const claimed: unique symbol;
/** Only a successful claim makes one: no code can be exchanged without it. */
export type ClaimedConnection = PendingConnection & { readonly [claimed]: true };

const STATE_LIFETIME_MS = 10 * 60_000;
const STATE = /^[A-Za-z0-9_-]{43}$/;

export const pendingConnections = (db: Db): Collection<PendingConnection> => db.collection("oauthstates");

export interface NewConnection {
  readonly binding: string;
  readonly userId: ObjectId;
  readonly platform: Platform;
  readonly returnTo: string;
  readonly reconnect?: string | undefined;
  readonly codeVerifier?: string | undefined;
}

/** Stores what the callback will need and answers the state parameter; of the state itself only the hash is kept. */
export async function storePendingConnection(
  db: Db,
  { binding, ...connection }: NewConnection,
  clock: Clock,
): Promise<string> {
  const state = randomToken();
  await pendingConnections(db).insertOne({
    _id: sha256(state),
    bindingHash: sha256(binding),
    ...connection,
    createdAt: clock(),
  });
  return state;
}

/** What a browser brings back: the state, the cookie's value and the answer (a code or an error) in one string. */
export interface Return {
  readonly state: string;
  readonly binding: string;
  readonly answer: string;
}

/** Takes the state for this answer, at most once, and only for the browser that began within the last 10 minutes. */
export async function claimPendingConnection(
  db: Db,
  platform: Platform,
  back: Return,
  clock: Clock,
): Promise<ClaimedConnection | undefined> {
  const now = clock();
  const connection = await pendingConnections(db).findOneAndUpdate(
    { ...keyOf(platform, back), claimedAt: { $exists: false }, createdAt: { $gt: after(now, -STATE_LIFETIME_MS) } },
    { $set: { claimedAt: now, codeHash: sha256(back.answer) } },
    { returnDocument: "after" },
  );
  return isClaimed(connection) ? connection : undefined;
}

/** The connection this browser began, in whatever condition it is. */
export async function findPendingConnection(
  db: Db,
  platform: Platform,
  back: Pick<Return, "state" | "binding">,
): Promise<PendingConnection | undefined> {
  return (await pendingConnections(db).findOne(keyOf(platform, back))) ?? undefined;
}

export const isStateShaped = (state: string | undefined): state is string => state !== undefined && STATE.test(state);

/** Stores how it ended, as part of the transaction that links. */
export async function settleInTransaction(
  db: Db,
  id: string,
  outcome: StoredOutcome,
  session: ClientSession,
): Promise<void> {
  await pendingConnections(db).updateOne({ _id: id }, { $set: { outcome } }, { session });
}

/** Stores how it ended unless that is known already, and answers what holds. */
export async function settlePendingConnection(db: Db, id: string, outcome: StoredOutcome): Promise<StoredOutcome> {
  const unsettled = await pendingConnections(db).findOneAndUpdate(
    { _id: id, outcome: { $exists: false } },
    { $set: { outcome } },
  );
  if (unsettled) return outcome;
  return (await pendingConnections(db).findOne({ _id: id }))?.outcome ?? outcome;
}

const keyOf = (platform: Platform, { state, binding }: Pick<Return, "state" | "binding">) => ({
  _id: sha256(state),
  bindingHash: sha256(binding),
  platform,
});

const isClaimed = (connection: PendingConnection | null): connection is ClaimedConnection =>
  connection?.claimedAt !== undefined;
