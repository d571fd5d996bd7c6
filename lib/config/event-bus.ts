import type { AuditEvent } from "../audit/audit-event.ts";
import type { PublishEvents } from "../audit/publish-events.ts";

const SOURCE = "connect-tiktok";

/** Publishes audit events on an EventBridge bus, their type as detail type. No token is ever part of one. */
export function eventBridgeBus(eventBusName: string): PublishEvents {
  return async (events) => {
    const { EventBridgeClient, PutEventsCommand } = await import("@aws-sdk/client-eventbridge");
    const client = new EventBridgeClient({
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 },
    });
    const { Entries = [] } = await client.send(
      new PutEventsCommand({ Entries: events.map((event) => ({ EventBusName: eventBusName, ...entryOf(event) })) }),
    );
    return new Set(Entries.flatMap(({ ErrorCode }, position) => (ErrorCode === undefined ? [] : [position])));
  };
}

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
