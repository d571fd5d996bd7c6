import { ObjectId } from "mongodb";
import * as z from "zod/mini";
import { PLATFORMS } from "../platform.ts";

const objectId = z.pipe(
  z.string().check(z.regex(/^[0-9a-f]{24}$/)),
  z.transform((hex) => new ObjectId(hex)),
);
const date = z.pipe(
  z.iso.datetime(),
  z.transform((text) => new Date(text)),
);

/** A pair that could not be stored, sealed as it would have been: useless to whoever reads the queue. */
export const RescueMessage = z.object({
  accountId: objectId,
  userId: objectId,
  platform: z.enum(PLATFORMS),
  platformAccountId: z.string(),
  tokenVersion: z.int(),
  tokens: z.object({
    accessToken: z.string(),
    refreshToken: z.string(),
    tokenExpiry: date,
    refreshTokenExpiry: z.nullable(date),
    scopes: z.array(z.string()),
    nextRefreshAt: date,
    lastRefreshedAt: date,
  }),
});
export type RescueMessage = z.infer<typeof RescueMessage>;

export interface RescueQueue {
  send(message: RescueMessage): Promise<void>;
  /** Whether any pair still waits to be stored. */
  isWaiting(): Promise<boolean>;
}
