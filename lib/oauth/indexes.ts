import type { IndexDescription } from "mongodb";

/** Outcomes answer repeated callbacks for an hour; claims look at the age themselves, because the sweep is late. */
export const pendingConnectionIndexes: IndexDescription[] = [
  { key: { createdAt: 1 }, expireAfterSeconds: 3600, name: "createdAt_ttl" },
];
