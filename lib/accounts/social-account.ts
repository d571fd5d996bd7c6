import type { Collection, Db, ObjectId } from "mongodb";
import type { AccountMetadata, Platform } from "../platform.ts";

export type AccountStatus = "active" | "needs_reauth" | "revoked";

/** Both tokens, each an envelope and never plain, and when they end. */
export interface SealedPair {
  accessToken: string;
  refreshToken: string;
  tokenExpiry: Date;
  refreshTokenExpiry: Date | null;
}

/**
 * One linked account, as a Mongoose `SocialAccount` model reads it too. What is optional here may be missing where another program has written the row.
 */
export interface SocialAccount extends SealedPair {
  _id: ObjectId;
  userId: ObjectId;
  platform: Platform;
  platformAccountId: string;
  scopes: string[];
  status: AccountStatus;
  statusReason: string | null;
  metadata?: AccountMetadata | null;
  nextRefreshAt: Date;
  lease?: Lease | null;
  refreshAttempts?: number;
  /** Counts token pairs: who writes tokens compares it first. */
  tokenVersion: number;
  /** Counts this account's events: consumers order by it. */
  eventSequence?: number;
  /** The last grant by the person. */
  connectedAt: Date;
  lastRefreshedAt?: Date | null;
  lastUsedAt: Date | null;
  lastError?: LastError | null;
  createdAt: Date;
  updatedAt: Date;
}

export interface Lease {
  id: string;
  until: Date;
}

export interface LastError {
  code: string;
  at: Date;
  logId?: string | undefined;
  /** The platform has asked not to be asked before then. */
  retryAt?: Date | undefined;
}

/** The Auth.js adapter's user; the references are ours. */
export interface User {
  _id: ObjectId;
  socialAccounts?: ObjectId[] | null;
}

export type Ownership = "shared" | "exclusive";

export const socialAccounts = (db: Db): Collection<SocialAccount> => db.collection("socialaccounts");
export const users = (db: Db): Collection<User> => db.collection("users");

/** When the current pair was issued: by the person's last grant or by a refresh since. */
export const issuedAt = ({
  lastRefreshedAt,
  connectedAt,
}: Pick<SocialAccount, "lastRefreshedAt" | "connectedAt">): Date =>
  lastRefreshedAt && lastRefreshedAt > connectedAt ? lastRefreshedAt : connectedAt;
