import type { Clock } from "../../lib/clock.ts";

/** Counts requests in a sliding minute. The answer is whether this one is still within the limit. */
export function slidingMinute(clock: Clock): (key: string, limit: number) => boolean {
  const seen = new Map<string, number[]>();
  return (key, limit) => {
    const now = clock().getTime();
    const recent = (seen.get(key) ?? []).filter((at) => at > now - 60_000);
    const within = recent.length < limit;
    seen.set(key, within ? [...recent, now] : recent);
    return within;
  };
}
