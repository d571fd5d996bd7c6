import { expect, test } from "vitest";
import { auditEvents } from "../lib/audit/audit-event.ts";
import { publishAuditEvents } from "../lib/audit/publish-events.ts";
import { linkedAs } from "./support/linked.ts";
import { person } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack({ EVENT_BUS_NAME: "accounts" });
const accounts = stack.db.collection("socialaccounts");
const refresh = () => stack.invoke("token-refresh", {});

test("a run tells its numbers as metrics, zeros included", async () => {
  await dueAccount();
  const gone = await dueAccount();
  stack.tiktok.removeAuthorization(gone.openId);

  await refresh();

  const line = stack.logs().findLast((entry) => "_aws" in entry);
  expect(line).toMatchObject({
    service: "token-refresh",
    RefreshClaimed: 2,
    RefreshSucceeded: 1,
    RefreshKept: 0,
    RefreshBackedOff: 0,
    RefreshReleased: 0,
    RefreshFailed: 0,
    NeedsReauth: 1,
    RotationInDoubt: 0,
    Rotations: 1,
    PairRescued: 0,
    PairLost: 0,
    ClientRefused: 0,
    ProviderFailures: 0,
    RevocationsPending: 0,
    EventsPublished: 3,
    TokenUnreadable: 0,
  });
  expect(line?.OldestDueAgeSeconds).toBeGreaterThanOrEqual(60);
  expect(line?._aws).toMatchObject({ CloudWatchMetrics: [{ Namespace: "ConnectTikTok", Dimensions: [["service"]] }] });
});

test("an app that TikTok does not accept is a metric of its own", async () => {
  await dueAccount();
  stack.tiktok.fault("token:refresh_token", { status: 401, body: { error: "invalid_client" } }, { times: 2 });

  await refresh();

  expect(stack.logs().findLast((entry) => "_aws" in entry)).toMatchObject({ ClientRefused: 1, RefreshReleased: 1 });
});

test("what happens to an account is told on the bus in its order, once while all goes well", async () => {
  const { openId, ada, accountId } = await dueAccount();
  await ada.connect({ account: openId });
  await due(openId);
  stack.tiktok.removeAuthorization(openId);

  await refresh();
  await refresh();

  const told = toldOf(accountId);
  expect(told).toMatchObject([
    {
      detailType: "SocialAccountLinked",
      bus: "accounts",
      detail: { sequence: 1, userId: String(ada.userId), reason: null },
    },
    { detailType: "SocialAccountLinked", detail: { sequence: 2, platform: "tiktok", platformAccountId: openId } },
    { detailType: "SocialAccountNeedsReauth", detail: { sequence: 3, reason: "invalid_grant" } },
  ]);
});

test("a bus that does not answer gets the events with the next run", async () => {
  const { accountId } = await dueAccount();
  stack.aws.failNext("events", "PutEvents", "AccessDeniedException");

  const first = await refresh();
  const second = await refresh();

  expect([first, second]).toMatchObject([{ eventsPublished: 0 }, { eventsPublished: 1 }]);
  expect(toldOf(accountId)).toHaveLength(1);
});

test("only the entries that the bus refused are tried again", async () => {
  const ids = [(await dueAccount()).accountId, (await dueAccount()).accountId];
  const told: unknown[][] = [];
  const publishing = (refused: number[]) =>
    publishAuditEvents(
      stack.db,
      async (events) => {
        told.push(events.map((event) => ids.find((id) => JSON.stringify(event).includes(id))));
        return new Set(refused);
      },
      { clock: () => new Date(), mayGoOn: () => true },
    );

  const first = await publishing([0]);
  const second = await publishing([]);

  expect([first, second]).toEqual([1, 1]);
  expect(told).toEqual([ids, [ids[0]]]);
  expect(await auditEvents(stack.db).countDocuments({ publishedAt: null })).toBe(0);
});

async function dueAccount() {
  const { openId } = stack.tiktok.addAccount();
  const ada = await person(stack);
  const { accountId } = await linkedAs(ada, openId);
  await due(openId);
  return { openId, ada, accountId };
}

const due = (openId: string) =>
  accounts.updateOne({ platformAccountId: openId }, { $set: { nextRefreshAt: new Date(Date.now() - 60_000) } });

const toldOf = (accountId: string) =>
  stack.aws.events.filter(({ detail }) => (detail as { accountId: string }).accountId === accountId);
