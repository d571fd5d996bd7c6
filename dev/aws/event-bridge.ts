import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Clock } from "../../lib/clock.ts";
import type { Service } from "./protocol.ts";

export interface BusEvent {
  readonly id: string;
  readonly bus: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  readonly at: Date;
}

const Entry = z.object({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().default("default"),
  Time: z.number().optional(),
  Resources: z.array(z.string()).optional(),
});
const Putting = z.object({ Entries: z.array(Entry).min(1).max(10) });

export function eventBridge(clock: Clock, events: BusEvent[]): Service {
  return {
    PutEvents(input) {
      const results = Putting.parse(input).Entries.map(({ Source, DetailType, Detail, EventBusName, Time }) => {
        const detail = parsed(Detail);
        if (!Source || !DetailType || detail === undefined)
          return { ErrorCode: "InvalidArgument", ErrorMessage: "Source, DetailType and a JSON Detail are required." };
        const id = randomUUID();
        const at = Time === undefined ? clock() : new Date(Time * 1000);
        events.push({ id, bus: EventBusName, source: Source, detailType: DetailType, detail, at });
        return { EventId: id };
      });
      return { FailedEntryCount: results.filter((result) => "ErrorCode" in result).length, Entries: results };
    },
  };
}

function parsed(detail: string | undefined): unknown {
  const json = z.string().transform((text, context) => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue("not JSON");
      return z.NEVER;
    }
  });
  return json.safeParse(detail).data;
}
