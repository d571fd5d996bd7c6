import { type Collection, type Db, ObjectId } from "mongodb";
import * as z from "zod/mini";

/** An account as another program may have written it: nothing about its fields is sure. */
export interface ForeignAccount {
  readonly _id: ObjectId;
  readonly userId?: unknown;
  readonly platform?: unknown;
  readonly platformAccountId?: unknown;
  readonly accessToken?: unknown;
  readonly refreshToken?: unknown;
  readonly [field: string]: unknown;
}

export const foreignAccounts = (db: Db): Collection<ForeignAccount> => db.collection("socialaccounts");

const SEALED = /^v1\./;

/** Whether the stored value claims to be an envelope; whether it opens is another question. */
export const looksSealed = (value: unknown): value is string => typeof value === "string" && SEALED.test(value);

const count = z.int().check(z.minimum(0));
const envelope = z.string().check(z.regex(SEALED));

/** What the rest of the product relies on in an account. */
const Own = z.object({
  userId: z.instanceof(ObjectId),
  platform: z.literal("tiktok"),
  platformAccountId: z.string().check(z.minLength(1)),
  accessToken: envelope,
  refreshToken: envelope,
  tokenExpiry: z.date(),
  refreshTokenExpiry: z.nullish(z.date()),
  scopes: z.array(z.string()),
  status: z.enum(["active", "needs_reauth", "revoked"]),
  statusReason: z.nullish(z.string()),
  metadata: z.nullish(z.looseObject({})),
  nextRefreshAt: z.date(),
  lease: z.nullish(z.object({ id: z.string(), until: z.date() })),
  refreshAttempts: z.optional(count),
  tokenVersion: count,
  eventSequence: z.optional(count),
  connectedAt: z.date(),
  lastRefreshedAt: z.nullish(z.date()),
  lastUsedAt: z.nullish(z.date()),
  lastError: z.nullish(z.looseObject({})),
  createdAt: z.date(),
  updatedAt: z.date(),
});
export type OwnAccount = z.infer<typeof Own> & { _id: ObjectId };

/** The account if it is in the shape in which this product writes its own; undefined when it is yet to be adopted. */
export function ownAccount(account: ForeignAccount): OwnAccount | undefined {
  const own = Own.safeParse(account);
  return own.success ? { _id: account._id, ...own.data } : undefined;
}
