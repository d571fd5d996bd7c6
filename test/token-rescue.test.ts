import { randomUUID } from "node:crypto";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { afterEach, expect, inject, test } from "vitest";
import { databaseUri } from "../dev/mongo/replica-set.ts";
import type { SocialAccount } from "../lib/accounts/social-account.ts";
import { unlinkAccount } from "../lib/connect/unlink-account.ts";
import type { RefreshStep, TokenDependencies } from "../lib/tokens/dependencies.ts";
import { freshToken } from "../lib/tokens/fresh-token.ts";
import { RescueMessage } from "../lib/tokens/rescue-message.ts";
import { rescuePair } from "../lib/tokens/rescue-pair.ts";
import { type CommandFailure, failingCommands } from "./support/fail-command.ts";
import { testStack } from "./support/stack.ts";
import { tokenWorld } from "./support/world.ts";

const HOUR = 3_600_000;
const consumer = `token-rescue-${randomUUID()}`;
/** Unlike `{}`, which any reasons match. */
const NOBODY = expect.toSatisfy((reasons: object) => Object.keys(reasons).length === 0);
const world = await tokenWorld();
const stack = await testStack({ AWS_LAMBDA_FUNCTION_NAME: consumer });
const failing = failingCommands(stack, world.appName);
stack.aws.putSecret("connect-tiktok", {
  ...stack.secret,
  mongodbUri: databaseUri(inject("mongodbUri"), world.db.databaseName),
});

afterEach(async () => {
  world.rescues.comeBack();
  world.rescues.bodies.length = 0;
  await world.db.collection("socialaccounts").deleteMany({});
  await world.db.collection("revocations").deleteMany({});
});

test("a pair that the database does not take goes to the rescue queue, sealed, and is stored from there", async () => {
  const { before, report } = await rescued({}, {}, { closeConnection: true });

  const answer = await consume();
  const again = await consume();

  const [body = ""] = world.rescues.bodies;
  const after = await world.accountNow(before);
  expect(report).toMatchObject({ claimed: 1, rescued: 1, lost: 0, failed: 0, needsReauth: NOBODY });
  expect([...world.tiktok.issued].filter((token) => body.includes(token))).toEqual([]);
  expect([answer, again]).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
  expect(after).toMatchObject({ status: "active", statusReason: null, lease: null, tokenVersion: 2 });
  expect(world.tiktok.isWorkingRefreshToken(world.refreshTokenOf(after))).toBe(true);
});

test("a rescued pair that is applied twice changes nothing the second time", async () => {
  const { before } = await rescued();
  await apply();
  const once = await world.accountNow(before);

  const result = await apply();

  expect(result).toBe("stored");
  expect(await world.accountNow(before)).toEqual(once);
});

test("a message that cannot be stored yet, or read at all, stays in the queue", async () => {
  const { before } = await rescued();
  await consume(); // connects
  await failing({ failCommands: ["update"], errorCode: 13, appName: consumer }, "alwaysOn");
  await world.db.collection("socialaccounts").replaceOne({ _id: before._id }, before);

  const answer = await consume("{}");

  expect(answer.batchItemFailures).toEqual([{ itemIdentifier: "message-0" }, { itemIdentifier: "message-1" }]);
  expect(stack.printed()).toContain(`"RescueApplied":0,"RescueFailed":2`);
});

test("while a pair waits to be rescued nobody is asked to reconnect, however long it takes", async () => {
  const { before } = await rescued();
  const reports = [];

  for (let hour = 0; hour < 5; hour += 1) {
    world.advance(HOUR);
    reports.push(await world.run());
  }
  const waiting = await world.accountNow(before);
  await apply();

  expect(reports.map(({ needsReauth }) => needsReauth)).toEqual(Array.from({ length: 5 }, () => ({})));
  expect(waiting).toMatchObject({ status: "active", statusReason: "rotation_in_doubt" });
  expect(await world.accountNow(before)).toMatchObject({ status: "active", statusReason: null, tokenVersion: 2 });
});

test("not even when the refresh token that is stored beside it has expired, or the queue cannot be asked", async () => {
  const { before } = await rescued({ refreshTokenExpiry: new Date(world.now().getTime() + HOUR) });
  world.advance(3 * HOUR);

  const expired = await world.run();
  world.rescues.goDown();
  world.advance(HOUR);
  const unasked = await world.run();

  expect([expired, unasked]).toMatchObject([
    { inDoubt: 1, needsReauth: NOBODY },
    { inDoubt: 1, needsReauth: NOBODY },
  ]);
  expect(await world.accountNow(before)).toMatchObject({ status: "active" });
});

test("a person who was asked to reconnect is active again when the rescue comes after all", async () => {
  const { before } = await rescued();
  await world.db.collection("socialaccounts").updateOne({ _id: before._id }, { $set: { status: "needs_reauth" } });

  await apply();

  expect(await world.accountNow(before)).toMatchObject({ status: "active", statusReason: null, tokenVersion: 2 });
});

test("a newer link wins over a rescued pair", async () => {
  const { before } = await rescued();
  await world.relink(before);
  const relinked = await world.accountNow(before);

  const result = await apply();

  expect(result).toBe("superseded");
  expect(await world.accountNow(before)).toEqual(relinked);
});

test("a rescued pair whose account was unlinked is handed on to be revoked", async () => {
  const { before } = await rescued();
  await unlinkAccount({ userId: before.userId, accountId: before._id }, world.deps);
  await world.db.collection("revocations").deleteMany({});

  const result = await apply();

  expect(result).toBe("handed_to_revocations");
  expect(await world.db.collection("revocations").find().toArray()).toMatchObject([
    { platformAccountId: before.platformAccountId, userId: before.userId, attempts: 0 },
  ]);
});

test.each(["the queue cannot be reached", "there is no queue"])(
  "a pair is counted as lost and logged when %s",
  async (why) => {
    world.rescues.goDown();
    const { before, report } = await rescued({}, why === "there is no queue" ? { rescue: undefined } : {});

    expect(report).toMatchObject({ claimed: 1, rescued: 0, lost: 1, needsReauth: NOBODY });
    expect(world.logs).toContainEqual(
      expect.objectContaining({
        level: "error",
        message: "pair lost: neither stored nor rescued",
        fields: expect.objectContaining({ accountId: String(before._id) }),
      }),
    );
    expect(await world.accountNow(before)).toMatchObject({ status: "active", tokenVersion: 1 });
  },
);

test("a caller whose new token could not be stored hears so at once instead of waiting for nobody", async () => {
  const account = await world.dueAccount({ tokenExpiry: new Date(world.now().getTime() + 60_000) });
  await failing({ failCommands: ["update"], errorCode: 13 }, "alwaysOn");

  const answer = await freshToken(account._id, 300_000, timeUpAfterTheAnswer());

  expect(answer).toMatchObject({ kind: "unavailable", code: "not_stored" });
  expect(world.rescues.bodies).toHaveLength(1);
});

test("a database that comes back in time takes the pair, and nothing goes to the queue", async () => {
  const before = await world.dueAccount();
  const onStep: TokenDependencies["onStep"] = async (step) => {
    if (step === "answered") await failing({ failCommands: ["update"], closeConnection: true }, { times: 2 });
  };

  const report = await world.run({ onStep });

  expect(report).toMatchObject({ refreshed: 1, rescued: 0 });
  expect(world.rescues.bodies).toEqual([]);
  expect(await world.accountNow(before)).toMatchObject({ status: "active", tokenVersion: 2 });
});

function timeUpAfterTheAnswer(): TokenDependencies {
  let leftMs = 60_000;
  const onStep = (step: RefreshStep) => {
    if (step === "answered") leftMs = 0;
  };
  return { ...world.deps, onStep, deadline: { remaining: () => leftMs } };
}

/** A due account whose new pair the database has not taken: it is down from TikTok's answer on, until the run has ended. */
async function rescued(
  change: Partial<SocialAccount> = {},
  deps: Partial<TokenDependencies> = {},
  failure: Partial<CommandFailure> = { errorCode: 13 },
) {
  const before = await world.dueAccount(change);
  let leftMs = 60_000;
  const onStep: TokenDependencies["onStep"] = async (step) => {
    if (step !== "answered") return;
    leftMs = 11_000;
    await failing({ failCommands: ["update", "find"], ...failure }, "alwaysOn");
  };
  const report = await world.run({ ...deps, onStep, deadline: { remaining: () => leftMs } });
  await stack.client.db("admin").command({ configureFailPoint: "failCommand", mode: "off" });
  return { before, report };
}

const apply = () => rescuePair(world.db, RescueMessage.parse(JSON.parse(world.rescues.bodies[0] ?? "")));

/** Gives the waiting messages to the built function, as SQS does. */
async function consume(...more: string[]): Promise<SQSBatchResponse> {
  const Records = [...world.rescues.bodies, ...more].map((body, index) => ({ messageId: `message-${index}`, body }));
  return (await stack.invoke("token-rescue", { Records } as SQSEvent)) as SQSBatchResponse;
}
