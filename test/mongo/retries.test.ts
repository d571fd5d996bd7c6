import { type ClientSession, type Document, Long, MongoNetworkError } from "mongodb";
import { expect, test } from "vitest";
import { refusal, type Stored, testDatabase } from "../support/database.ts";
import { failingCommands } from "../support/fail-command.ts";

const { client, db, appName } = await testDatabase();
const docs = db.collection<Stored>("docs");
const fail = failingCommands({ client }, appName);

test.each([
  ["a retryable code", { errorCode: 91 }],
  ["a closed connection", { closeConnection: true }],
  ["a retryable write concern error", { writeConcernError: { code: 91, errmsg: "shutting down" } }],
])("the driver hides %s, and the write is done once", async (what, fault) => {
  await fail({ failCommands: ["update"], ...fault });

  await docs.updateOne({ _id: what }, { $inc: { n: 1 } }, { upsert: true });

  expect(await docs.findOne({ _id: what })).toEqual({ _id: what, n: 1 });
});

test("a retryable code twice reaches the caller, labelled", async () => {
  await fail({ failCommands: ["insert"], errorCode: 189 }, { times: 2 });

  const error = await refusal(docs.insertOne({}));

  expect(error).toMatchObject({ code: 189, codeName: "PrimarySteppedDown" });
  expect(error.hasErrorLabel("RetryableWriteError")).toBe(true);
});

test("a fatal code reaches the caller at once, and nothing is written", async () => {
  await fail({ failCommands: ["insert"], errorCode: 13 });

  const error = await refusal(docs.insertOne({ _id: "fatal" }));

  expect([error.code, error.errorLabels]).toEqual([13, []]);
  expect(await docs.findOne({ _id: "fatal" })).toBeNull();
});

test("a write concern error reaches the caller although the write is done", async () => {
  await fail({ failCommands: ["insert"], writeConcernError: { code: 64, errmsg: "timeout" } });

  expect((await refusal(docs.insertOne({ _id: "done" }))).code).toBe(64);
  expect(await docs.countDocuments({ _id: "done" })).toBe(1);
});

test("labels can be given", async () => {
  await fail({ failCommands: ["insert"], errorCode: 2, errorLabels: ["SomeLabel"] });

  expect((await refusal(docs.insertOne({}))).errorLabels).toEqual(["SomeLabel"]);
});

test("the fail point skips as many commands as it is told to, and fails from then on", async () => {
  await fail({ failCommands: ["insert"], errorCode: 13 }, { skip: 1 });

  await docs.insertOne({});

  expect((await refusal(docs.insertOne({}))).code).toBe(13);
  expect((await refusal(docs.insertOne({}))).code).toBe(13);
});

test("another application's fail point changes nothing here", async () => {
  const data = { failCommands: ["insert"], errorCode: 13, appName: "another" };
  await client.db("admin").command({ configureFailPoint: "failCommand", mode: "alwaysOn", data });

  await docs.insertOne({});
});

test("a command that is held up is done all the same", async () => {
  const data = { failCommands: ["find"], blockConnection: true, blockTimeMS: 30, appName };
  await client.db("admin").command({ configureFailPoint: "failCommand", mode: { times: 1 }, data });

  expect(await docs.findOne({ _id: "nobody" })).toBeNull();
});

test("a transient fault inside withTransaction is tried again from the start", async () => {
  await fail({ failCommands: ["update"], errorCode: 112 });
  let attempts = 0;

  await inOneTransaction(async (session) => {
    attempts++;
    await docs.insertOne({ _id: "transient" }, { session });
    await docs.updateOne({ _id: "transient" }, { $inc: { n: 1 } }, { session });
  });

  expect(attempts).toBe(2);
  expect(await docs.findOne({ _id: "transient" })).toEqual({ _id: "transient", n: 1 });
});

test.each([
  ["before", { closeConnection: true }],
  ["after", { writeConcernError: { code: 91, errmsg: "shutting down" } }],
])("a commit whose answer is lost %s it took effect is committed once", async (when, fault) => {
  await fail({ failCommands: ["commitTransaction"], ...fault });

  await inOneTransaction((session) => docs.updateOne({ _id: when }, { $inc: { n: 1 } }, { upsert: true, session }));

  expect(await docs.findOne({ _id: when })).toEqual({ _id: when, n: 1 });
});

test("a retryable write that is sent again is answered again, not done again", async () => {
  const change = { query: { _id: "again" }, update: { $inc: { n: 1 } }, upsert: true, new: true };
  const send = inSession(client.startSession());

  const answers = [];
  for (const number of [1, 1, 2]) answers.push(await send(number, { findAndModify: "docs", ...change }));

  expect(answers.map(({ value }) => value.n)).toEqual([1, 1, 2]);
});

test("a transaction number that is too old is refused", async () => {
  const send = inSession(client.startSession());
  await send(5, { insert: "docs", documents: [{}] });

  expect((await refusal(send(4, { insert: "docs", documents: [{}] }))).code).toBe(225);
});

test("statements after a commit or an abort are told which it was", async () => {
  const session = client.startSession();
  const late = { find: "docs", autocommit: false };
  session.startTransaction();
  await docs.findOne({}, { session });
  await session.commitTransaction();

  const afterCommit = await refusal(inSession(session)(0, late));
  session.startTransaction();
  await docs.findOne({}, { session });
  await session.abortTransaction();
  const afterAbort = await refusal(inSession(session)(0, late));
  const neverStarted = await refusal(inSession(session)(1, late));

  expect([afterCommit, afterAbort, neverStarted].map(({ code }) => code)).toEqual([256, 251, 251]);
});

test("a server that is away for longer is a network error", async () => {
  await fail({ failCommands: ["insert"], closeConnection: true }, { times: 2 });

  await expect(docs.insertOne({})).rejects.toBeInstanceOf(MongoNetworkError);
});

test("more members than there are cannot acknowledge a write", async () => {
  expect((await refusal(docs.insertOne({}, { writeConcern: { w: 2, wtimeoutMS: 50 } }))).code).toBe(100);
});

function inOneTransaction(steps: Parameters<ReturnType<typeof client.startSession>["withTransaction"]>[0]) {
  return client.withSession((session) => session.withTransaction(steps));
}

/** Sends commands as they are in a session, numbered from where it is. */
function inSession(session: ClientSession) {
  const base = session.serverSession.txnNumber;
  return (number: number, command: Document) =>
    db.command({ ...command, txnNumber: Long.fromNumber(base + number) }, { session });
}
