import { ObjectId } from "mongodb";
import { type ForeignAccount, looksSealed, type OwnAccount, ownAccount } from "../accounts/foreign-account.ts";
import { userObjectId } from "../accounts/user-id.ts";
import { after, type Clock, type Random } from "../clock.ts";
import { keyIdOf, type TokenCipher, type TokenPlace } from "../crypto/token-cipher.ts";
import { placeOf } from "../tokens/seal-pair.ts";

export type Refusal = "user_id_unusable" | "account_id_missing" | "token_damaged";

export type AdoptionPlan =
  /** In our own shape already. */
  | { readonly kind: "own" }
  | { readonly kind: "other_platform" }
  | { readonly kind: "refused"; readonly reason: Refusal }
  /** The fields to set; everything else stays as the app wrote it. */
  | { readonly kind: "adopt"; readonly userId: ObjectId; readonly fields: Partial<OwnAccount> };

export interface PlanDependencies {
  readonly cipher: TokenCipher;
  readonly clock: Clock;
  readonly random: Random;
}

/** What has to change so that this account is one of ours. Knows no database; the tokens in the plan are sealed. */
export function adoptionPlan(stored: ForeignAccount, deps: PlanDependencies): AdoptionPlan {
  if (stored.platform !== "tiktok") return { kind: "other_platform" };
  if (ownAccount(stored)) return { kind: "own" };
  const userId = stored.userId instanceof ObjectId ? stored.userId : userObjectId(String(stored.userId));
  if (!userId) return { kind: "refused", reason: "user_id_unusable" };
  const { platform, platformAccountId } = stored;
  if (typeof platformAccountId !== "string" || platformAccountId === "")
    return { kind: "refused", reason: "account_id_missing" };
  if ([stored.accessToken, stored.refreshToken].some(isDamaged)) return { kind: "refused", reason: "token_damaged" };

  const seal = (token: unknown, field: TokenPlace["field"]) =>
    looksSealed(token)
      ? token
      : deps.cipher.seal(textIn(token), placeOf({ platform, platformAccountId, userId }, field));
  const wanted = {
    userId,
    accessToken: seal(stored.accessToken, "accessToken"),
    refreshToken: seal(stored.refreshToken, "refreshToken"),
    ...missingFields(stored, deps),
  };
  const fields = Object.entries(wanted).filter(([name, value]) => value !== stored[name]);
  return { kind: "adopt", userId, fields: Object.fromEntries(fields) };
}

/** Begins as an envelope and is none: not to be taken for a token. */
const isDamaged = (value: unknown): boolean => looksSealed(value) && keyIdOf(value) === undefined;

/** What is there and usable stays; the rest gets the value of an account that is to be refreshed soon. */
function missingFields(stored: ForeignAccount, { clock, random }: PlanDependencies) {
  const now = clock();
  const tokenExpiry = dateIn(stored.tokenExpiry) ?? now;
  const createdAt = dateIn(stored.createdAt) ?? stored._id.getTimestamp();
  const canBeRefreshed = textIn(stored.refreshToken) !== "";
  return {
    tokenExpiry,
    refreshTokenExpiry: dateIn(stored.refreshTokenExpiry) ?? null,
    scopes: scopesIn(stored.scopes),
    status: statusOf(stored.status, canBeRefreshed),
    statusReason: textIn(stored.statusReason) || (canBeRefreshed ? null : "token_missing"),
    metadata: isPlainObject(stored.metadata) ? stored.metadata : {},
    nextRefreshAt: dateIn(stored.nextRefreshAt) ?? soon(now, tokenExpiry, random),
    lease: null,
    refreshAttempts: countIn(stored.refreshAttempts) ?? 0,
    tokenVersion: countIn(stored.tokenVersion) ?? 1,
    eventSequence: countIn(stored.eventSequence) ?? 0,
    connectedAt: dateIn(stored.connectedAt) ?? createdAt,
    lastRefreshedAt: dateIn(stored.lastRefreshedAt) ?? null,
    lastUsedAt: dateIn(stored.lastUsedAt) ?? null,
    lastError: isPlainObject(stored.lastError) ? stored.lastError : null,
    createdAt,
    updatedAt: dateIn(stored.updatedAt) ?? createdAt,
  };
}

const SPREAD_MS = 30 * 60_000;

/** Spread, so that accounts adopted together are not refreshed together, and well before the token expires. */
function soon(now: Date, tokenExpiry: Date, random: Random): Date {
  const leftMs = tokenExpiry.getTime() - now.getTime();
  return after(now, random() * (leftMs > 0 ? Math.min(0.7 * leftMs, SPREAD_MS) : SPREAD_MS));
}

const STATUSES = ["active", "needs_reauth", "revoked"] as const;

/** Without a refresh token only the person can help, whatever the app calls the account. */
function statusOf(value: unknown, canBeRefreshed: boolean) {
  const stored = STATUSES.find((status) => status === value) ?? "active";
  return stored === "active" && !canBeRefreshed ? "needs_reauth" : stored;
}

const textIn = (value: unknown): string => (typeof value === "string" ? value : "");

const countIn = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : undefined;

/** A date, its text, or a number of seconds or milliseconds. */
function dateIn(value: unknown): Date | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value;
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const date = new Date(typeof value === "number" && value < 1e11 ? value * 1000 : value);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function scopesIn(value: unknown): string[] {
  if (typeof value === "string") return value.split(/[\s,]+/).filter((scope) => scope !== "");
  if (!Array.isArray(value)) return [];
  const scopes = value.filter((scope) => typeof scope === "string");
  return scopes.length === value.length ? value : scopes;
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
