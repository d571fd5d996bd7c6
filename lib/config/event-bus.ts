import { impatient } from "./aws-client.ts";
import { once } from "./once.ts";

/** An event as the bus takes it. */
export interface BusEntry {
  readonly Source: string;
  readonly DetailType: string;
  readonly Time: Date;
  readonly Detail: string;
}

// one client for all batches of all runs: each would keep a connection open
const loading = once(async () => {
  const { EventBridgeClient, PutEventsCommand } = await import("@aws-sdk/client-eventbridge");
  return { client: new EventBridgeClient(impatient()), PutEventsCommand };
});

/** Puts up to ten events on an EventBridge bus and answers which of them, by position, it did not take. */
export const eventBridgeBus =
  (eventBusName: string) =>
  async (entries: readonly BusEntry[]): Promise<ReadonlySet<number>> => {
    const { client, PutEventsCommand } = await loading();
    const { Entries = [] } = await client.send(
      new PutEventsCommand({ Entries: entries.map((entry) => ({ EventBusName: eventBusName, ...entry })) }),
    );
    return new Set(Entries.flatMap(({ ErrorCode }, position) => (ErrorCode === undefined ? [] : [position])));
  };
