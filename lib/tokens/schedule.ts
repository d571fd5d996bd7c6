import { after, type Random } from "../clock.ts";

/** When to refresh: after 70 to 85 % of the token's life, spread so that accounts linked together are not refreshed together. */
export function refreshDueAt(issuedAt: Date, expiresAt: Date, random: Random): Date {
  const lifetimeMs = Math.max(0, expiresAt.getTime() - issuedAt.getTime());
  return after(issuedAt, lifetimeMs * (0.7 + 0.15 * random()));
}
