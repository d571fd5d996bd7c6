import { impatient } from "./aws-client.ts";

/** An event as the bus takes it. */
export interface BusEntry {
  readonly Source: string;
  readonly DetailType: string;
  readonly Time: Date;
  readonly Detail: string;
}

/** Puts up to ten events on an EventBridge bus and answers which of them, by position, it did not take. */
export const eventBridgeBus =
  (eventBusName: string) =>
  async (entries: readonly BusEntry[]): Promise<ReadonlySet<number>> => {
    const { EventBridgeClient, PutEventsCommand } = await import("@aws-sdk/client-eventbridge");
    const client = new EventBridgeClient(impatient());
    const { Entries = [] } = await client.send(
      new PutEventsCommand({ Entries: entries.map((entry) => ({ EventBusName: eventBusName, ...entry })) }),
    );
    return new Set(Entries.flatMap(({ ErrorCode }, position) => (ErrorCode === undefined ? [] : [position])));
  };
