import type { Db } from "mongodb";
import type { Clock } from "../clock.ts";
import { type AuditEvent, auditEvents } from "./audit-event.ts";

const SOURCE = "connect-tiktok";

/** Puts entries on the bus and answers which of them, by position, the bus did not take. */
export type PublishEntries = (entries: readonly ReturnType<typeof entryOf>[]) => Promise<ReadonlySet<number>>;

const BATCH = 10; // PutEvents takes no more

/** Publishes what was not published yet, oldest first, at least once: a consumer tells doubles by account and sequence. */
export async function publishAuditEvents(
  db: Db,
  publish: PublishEntries,
  { clock, mayGoOn }: { clock: Clock; mayGoOn: () => boolean },
): Promise<number> {
  let published = 0;
  while (mayGoOn()) {
    const events = await auditEvents(db).find({ publishedAt: null }).sort({ at: 1 }).limit(BATCH).toArray();
    if (events.length === 0) break;
    const refused = await publish(events.map(entryOf));
    const taken = events.filter((_, position) => !refused.has(position)).map(({ _id }) => _id);
    await auditEvents(db).updateMany({ _id: { $in: taken } }, { $set: { publishedAt: clock() } });
    published += taken.length;
    if (refused.size > 0) break; // the next run tries these again
  }
  return published;
}

/** The event as it leaves: its type as detail type, ids as strings. No token is ever part of one. */
const entryOf = ({ type, at, _id, ...event }: AuditEvent) => ({
  Source: SOURCE,
  DetailType: type,
  Time: at,
  Detail: JSON.stringify({
    eventId: _id.toHexString(),
    userId: event.userId.toHexString(),
    accountId: event.accountId.toHexString(),
    platform: event.platform,
    platformAccountId: event.platformAccountId,
    sequence: event.sequence,
    reason: event.reason ?? null,
    at: at.toISOString(),
  }),
});
