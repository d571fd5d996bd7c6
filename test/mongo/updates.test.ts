import { type Document, Long, ObjectId } from "mongodb";
import { expect, test } from "vitest";
import { refusal, type Stored, testDatabase } from "../support/database.ts";

const { db } = await testDatabase();
const docs = db.collection<Stored>("docs");
const day = new Date("2026-01-01T00:00:00Z");

test.each<[string, Document, Document | Document[], Document]>([
  ["$set makes the documents on the way", {}, { $set: { "a.b": 1 } }, { a: { b: 1 } }],
  [
    "$set replaces a subdocument in another order of fields",
    { a: { x: 1, y: 2 } },
    { $set: { a: { y: 2, x: 1 } } },
    { a: { y: 2, x: 1 } },
  ],
  [
    "$unset removes, and leaves what is not there",
    { a: { b: 1 }, c: 1 },
    { $unset: { "a.b": "", "c.d": "", e: "" } },
    { a: {}, c: 1 },
  ],
  ["$inc counts from nothing", { a: 1 }, { $inc: { a: 2, b: 3 } }, { a: 3, b: 3 }],
  [
    "$min and $max compare dates",
    { a: day, b: day },
    { $min: { a: new Date(0) }, $max: { b: new Date(0), c: day } },
    { a: new Date(0), b: day, c: day },
  ],
  ["$push appends, and makes the list", { a: [1] }, { $push: { a: 2, b: 3 } }, { a: [1, 2], b: [3] }],
  [
    "$push with $each, $sort and $slice",
    { a: [5, 1] },
    { $push: { a: { $each: [3, 9], $sort: 1, $slice: -3 } } },
    { a: [3, 5, 9] },
  ],
  ["$push with $slice on a new list", {}, { $push: { a: { $each: [1, 2, 3], $slice: -2 } } }, { a: [2, 3] }],
  ["$push with $position", { a: [1] }, { $push: { a: { $each: [0], $position: 0 } } }, { a: [0, 1] }],
  [
    "$addToSet adds what is new, and keeps old doubles",
    { a: [1, 1] },
    { $addToSet: { a: { $each: [1, 2, 2] } } },
    { a: [1, 1, 2] },
  ],
  [
    "$addToSet tells the order of fields apart",
    { a: [{ x: 1, y: 2 }] },
    { $addToSet: { a: { y: 2, x: 1 } } },
    {
      a: [
        { x: 1, y: 2 },
        { y: 2, x: 1 },
      ],
    },
  ],
  ["$pull by value", { a: [1, 2, 1] }, { $pull: { a: 1 } }, { a: [2] }],
  ["$pull by condition", { a: [1, 5, 9] }, { $pull: { a: { $gte: 5 } } }, { a: [1] }],
  ["$pull by fields of an element", { a: [{ k: 1, v: 1 }, { k: 2 }] }, { $pull: { a: { k: 1 } } }, { a: [{ k: 2 }] }],
  ["$pullAll", { a: [1, 2, 3, 2] }, { $pullAll: { a: [2, 7] } }, { a: [1, 3] }],
  ["$setOnInsert does nothing to what is there", { a: 1 }, { $setOnInsert: { a: 2, b: 2 } }, { a: 1 }],
  [
    "a pipeline reads the document it changes",
    { a: 1, b: { c: 2 } },
    [{ $set: { "b.d": { $add: ["$a", 1] } } }, { $unset: "a" }],
    { b: { c: 2, d: 2 } },
  ],
  [
    "a pipeline chooses",
    { until: day },
    [{ $set: { over: { $cond: [{ $lte: ["$until", "$$NOW"] }, true, false] } } }],
    { until: day, over: true },
  ],
  ["a replacement keeps only _id", { a: 1 }, { b: 2 }, { b: 2 }],
])("%s", async (_, before, change, after) => {
  const _id = new ObjectId();
  await docs.insertOne({ _id, ...before });

  const isUpdate = Array.isArray(change) || Object.keys(change)[0]?.startsWith("$");
  const result = await (isUpdate ? docs.updateOne({ _id }, change) : docs.replaceOne({ _id }, change));

  const stored = await docs.findOne({ _id });
  expect(stored).toEqual({ _id, ...after });
  expect(JSON.stringify(stored)).toBe(JSON.stringify({ _id, ...after }));
  expect(result).toMatchObject({ matchedCount: 1, upsertedCount: 0 });
});

test.each<[string, Document]>([
  ["the value it has", { $set: { a: 1 } }],
  ["an element that is in the set", { $addToSet: { ids: new ObjectId("64b7f0000000000000000001") } }],
  ["an element that is not there to pull", { $pull: { ids: 7 } }],
  ["a greater minimum", { $min: { a: 5 } }],
])("an update with %s matches but modifies nothing", async (_, change) => {
  const _id = new ObjectId();
  await docs.insertOne({ _id, a: 1, ids: [new ObjectId("64b7f0000000000000000001")] });

  expect(await docs.updateOne({ _id }, change)).toMatchObject({ matchedCount: 1, modifiedCount: 0 });
});

test("setting null where nothing was is a change", async () => {
  const { insertedId: _id } = await docs.insertOne({});

  expect(await docs.updateOne({ _id }, { $set: { a: null } })).toMatchObject({ modifiedCount: 1 });
});

test.each<[string, number, Document]>([
  ["counting up text", 14, { $inc: { text: 1 } }],
  ["counting up null", 14, { $inc: { nothing: 1 } }],
  ["counting up by text", 14, { $inc: { n: "1" } }],
  ["pushing to a number", 2, { $push: { n: 1 } }],
  ["adding to a set that is a number", 2, { $addToSet: { n: 1 } }],
  ["pulling from a number", 2, { $pull: { n: 1 } }],
  ["a path through a number", 28, { $set: { "n.a": 1 } }],
  ["a name inside a list", 28, { $set: { "list.a": 1 } }],
  ["another _id", 66, { $set: { _id: 5 } }],
  ["two changes to one path", 40, { $set: { a: 1 }, $unset: { "a.b": "" } }],
  ["an unknown operator", 9, { $frobnicate: { a: 1 } }],
])("%s is refused and changes nothing", async (_, code, change) => {
  const before = { _id: new ObjectId(), text: "x", nothing: null, n: 1, list: [1] };
  await docs.insertOne(before);

  expect((await refusal(docs.updateOne({ _id: before._id }, change))).code).toBe(code);
  expect(await docs.findOne({ _id: before._id })).toEqual(before);
});

test("a pipeline with a stage that updates do not have is refused", async () => {
  await refusal(docs.updateOne({}, [{ $match: {} }]));
});

test("an upsert starts from the query's equalities and sets what is for inserts only", async () => {
  const query = { a: 1, b: { $eq: 2 }, c: { $gt: 3 }, "d.e": 4, $and: [{ f: 5 }] };

  const { upsertedId } = await docs.updateOne(query, { $set: { z: 1 }, $setOnInsert: { y: 2 } }, { upsert: true });

  expect(upsertedId).toBeInstanceOf(ObjectId);
  expect(await docs.findOne({ _id: upsertedId ?? undefined })).toEqual({
    _id: upsertedId,
    a: 1,
    b: 2,
    d: { e: 4 },
    f: 5,
    z: 1,
    y: 2,
  });
});

test("an upsert by _id stores that _id, by replacement too", async () => {
  const [first, second] = [new ObjectId(), new ObjectId()];

  await docs.updateOne({ _id: first }, { $set: { a: 1 } }, { upsert: true });
  await docs.replaceOne({ _id: second, a: 1 }, { b: 2 }, { upsert: true });

  expect(
    await docs
      .find({ _id: { $in: [first, second] } })
      .sort({ _id: 1 })
      .toArray(),
  ).toEqual([
    { _id: first, a: 1 },
    { _id: second, b: 2 },
  ]);
});

test("findOneAndUpdate gives the document before or after, by sort, with a projection", async () => {
  const queue = db.collection<Stored>("queue");
  await queue.insertMany([
    { _id: 1, p: 2 },
    { _id: 2, p: 1 },
  ]);

  const before = await queue.findOneAndUpdate({}, { $set: { p: 9 } }, { sort: { p: 1 } });
  const after = await queue.findOneAndUpdate(
    { _id: 2 },
    { $inc: { p: 1 } },
    { returnDocument: "after", projection: { p: 1, _id: 0 } },
  );
  const nothing = await queue.findOneAndUpdate({ _id: 3 }, { $set: { p: 1 } });
  const upserted = await queue.findOneAndUpdate(
    { _id: 4 },
    { $set: { p: 4 } },
    { upsert: true, returnDocument: "after" },
  );
  const deleted = await queue.findOneAndDelete({}, { sort: { p: -1 } });

  expect([before, after, nothing, upserted, deleted]).toEqual([
    { _id: 2, p: 1 },
    { p: 10 },
    null,
    { _id: 4, p: 4 },
    { _id: 2, p: 10 },
  ]);
});

test("findAndModify tells what it did", async () => {
  const query = { _id: "counter" };
  const command = { findAndModify: "counters", query, update: { $inc: { n: 1 } }, upsert: true };

  const first = await db.command(command);
  const second = await db.command(command);

  expect(first).toMatchObject({ value: null, lastErrorObject: { n: 1, updatedExisting: false, upserted: "counter" } });
  expect(second).toMatchObject({ value: { n: 1 }, lastErrorObject: { n: 1, updatedExisting: true } });
});

test("a bulk write does its operations in order and counts them", async () => {
  const bulk = db.collection<Stored>("bulk");

  const result = await bulk.bulkWrite([
    { insertOne: { document: { _id: 1 } } },
    { updateMany: { filter: {}, update: { $set: { a: 1 } } } },
    { updateOne: { filter: { _id: 2 }, update: { $set: { a: 1 } }, upsert: true } },
    { deleteOne: { filter: { _id: 1 } } },
  ]);

  expect(result).toMatchObject({ insertedCount: 1, modifiedCount: 1, upsertedCount: 1, deletedCount: 1 });
  expect(await bulk.find().toArray()).toEqual([{ _id: 2, a: 1 }]);
});

test("an ordered bulk stops at the first error, an unordered one goes on", async () => {
  const [ordered, unordered] = [db.collection<Stored>("ordered"), db.collection<Stored>("unordered")];
  const list = [{ _id: 1 }, { _id: 1 }, { _id: 2 }];

  const first = await refusal(ordered.insertMany(list));
  const second = await refusal(unordered.insertMany(list, { ordered: false }));

  expect([first.code, second.code]).toEqual([11000, 11000]);
  expect([await ordered.countDocuments(), await unordered.countDocuments()]).toEqual([1, 2]);
});

test("a long keeps all its digits", async () => {
  const { insertedId: _id } = await docs.insertOne({ n: Long.fromString("7395012345678901234") });

  expect(String((await docs.findOne({ _id }))?.n)).toBe("7395012345678901234");
});

test("fifty increments at once are all counted", async () => {
  const { insertedId: _id } = await docs.insertOne({ n: 0 });

  await Promise.all(Array.from({ length: 50 }, () => docs.updateOne({ _id }, { $inc: { n: 1 } })));

  expect(await docs.findOne({ _id })).toEqual({ _id, n: 50 });
});

test("of fifty claims at once each takes another document", async () => {
  const jobs = db.collection<Stored>("jobs");
  await jobs.insertMany(Array.from({ length: 50 }, (_, n) => ({ _id: n, taken: false })));

  const claims = Array.from({ length: 50 }, () => jobs.findOneAndUpdate({ taken: false }, { $set: { taken: true } }));
  const taken = await Promise.all(claims);

  expect(new Set(taken.map((job) => job?._id)).size).toBe(50);
});
