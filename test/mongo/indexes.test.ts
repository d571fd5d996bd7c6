import type { Document } from "mongodb";
import { expect, test } from "vitest";
import { refusal, type Stored, testDatabase } from "../support/database.ts";

const { db } = await testDatabase();

test("a second document with the keys of a unique index is refused, with the key and its value", async () => {
  const docs = db.collection<Stored>("compound");
  await docs.createIndex({ a: 1, b: -1 }, { unique: true });
  await docs.insertMany([
    { _id: 1, a: 1, b: 2 },
    { _id: 2, a: 1, b: 3 },
  ]);

  const error = await refusal(docs.insertOne({ a: 1, b: 2 }));

  expect(error).toMatchObject({ code: 11000, keyPattern: { a: 1, b: -1 }, keyValue: { a: 1, b: 2 } });
  expect(error.message).toMatch(/^E11000 duplicate key error collection: .*\.compound index: a_1_b_-1/);
});

test("so is an update or an upsert that would make one", async () => {
  const docs = db.collection<Stored>("moved");
  await docs.createIndex({ a: 1 }, { unique: true });
  await docs.insertMany([
    { _id: 1, a: 1 },
    { _id: 2, a: 2 },
  ]);

  const errors = [
    await refusal(docs.updateOne({ _id: 2 }, { $set: { a: 1 } })),
    await refusal(docs.findOneAndUpdate({ _id: 2 }, { $set: { a: 1 } })),
    await refusal(docs.updateOne({ _id: 3 }, { $set: { a: 1 } }, { upsert: true })),
  ];

  expect(errors.map(({ code, keyPattern }) => ({ code, keyPattern }))).toEqual(
    Array(3).fill({ code: 11000, keyPattern: { a: 1 } }),
  );
  expect(await docs.find().toArray()).toEqual([
    { _id: 1, a: 1 },
    { _id: 2, a: 2 },
  ]);
});

test("a missing field is a null in a unique index, and is not in a sparse one", async () => {
  const [dense, sparse] = [db.collection<Stored>("dense"), db.collection<Stored>("sparse")];
  await dense.createIndex({ a: 1 }, { unique: true });
  await sparse.createIndex({ a: 1 }, { unique: true, sparse: true });
  await dense.insertOne({ _id: 1 });
  await sparse.insertMany([{ _id: 1 }, { _id: 2 }]);

  expect((await refusal(dense.insertOne({ _id: 2, a: null }))).code).toBe(11000);
  expect(await sparse.countDocuments({ a: null })).toBe(2);
});

test("a partial unique index judges only the documents it has", async () => {
  const docs = db.collection<Stored>("partial");
  await docs.createIndex({ a: 1 }, { unique: true, partialFilterExpression: { on: true } });
  await docs.insertMany([
    { _id: 1, a: 1 },
    { _id: 2, a: 1 },
    { _id: 3, a: 1, on: true },
  ]);

  expect((await refusal(docs.insertOne({ a: 1, on: true }))).code).toBe(11000);
  expect((await refusal(docs.updateOne({ _id: 1 }, { $set: { on: true } }))).code).toBe(11000);
  expect(await docs.countDocuments({ a: 1 })).toBe(3);
});

test("a deleted document frees its key, a changed one its old key", async () => {
  const docs = db.collection<Stored>("freed");
  await docs.createIndex({ a: 1 }, { unique: true });
  await docs.insertMany([
    { _id: 1, a: 1 },
    { _id: 2, a: 2 },
  ]);

  await docs.deleteOne({ _id: 1 });
  await docs.updateOne({ _id: 2 }, { $set: { a: 3 } });
  await docs.insertMany([
    { _id: 4, a: 1 },
    { _id: 5, a: 2 },
  ]);

  expect((await docs.distinct("a")).toSorted()).toEqual([1, 2, 3]);
});

test("a unique index over duplicates is not built", async () => {
  const docs = db.collection<Stored>("duplicates");
  await docs.insertMany([
    { _id: 1, a: 1 },
    { _id: 2, a: 1 },
  ]);

  expect(await refusal(docs.createIndex({ a: 1 }, { unique: true }))).toMatchObject({
    code: 11000,
    keyPattern: { a: 1 },
  });
  expect(await docs.indexes()).toHaveLength(1);
});

test("indexes are listed with their options; making one again changes nothing", async () => {
  const docs = db.collection<Stored>("listed");
  await docs.createIndex({ next: 1 }, { partialFilterExpression: { status: "active" }, name: "queue" });
  await docs.createIndex({ at: 1 }, { expireAfterSeconds: 60 });
  await docs.createIndex({ at: 1 }, { expireAfterSeconds: 60 });

  expect(await docs.indexes()).toMatchObject([
    { key: { _id: 1 }, name: "_id_" },
    { key: { next: 1 }, name: "queue", partialFilterExpression: { status: "active" } },
    { key: { at: 1 }, name: "at_1", expireAfterSeconds: 60 },
  ]);
});

test("an index name that is taken, a missing index, the _id index and an unknown option are refused", async () => {
  const docs = db.collection<Stored>("refused");
  await docs.createIndex({ a: 1 });

  expect((await refusal(docs.createIndex({ b: 1 }, { name: "a_1" }))).code).toBe(86);
  expect((await refusal(docs.createIndex({ a: 1 }, { unique: true, name: "a_1" }))).code).toBe(86);
  expect((await refusal(docs.dropIndex("nope"))).code).toBe(27);
  expect((await refusal(docs.dropIndex("_id_"))).code).toBe(72);
  await refusal(db.command({ createIndexes: "refused", indexes: [{ key: { c: 1 }, name: "c", frobnicate: 1 }] }));
  expect((await refusal(db.command({ listIndexes: "nowhere" }))).code).toBe(26);
});

test("a dropped index no longer judges", async () => {
  const docs = db.collection<Stored>("dropped");
  await docs.createIndex({ a: 1 }, { unique: true });
  await docs.insertOne({ a: 1 });

  await docs.dropIndex("a_1");
  await docs.insertOne({ a: 1 });

  expect(await docs.countDocuments({ a: 1 })).toBe(2);
});

test("the refresh queue comes in order and within its limit, through its partial index", async () => {
  const docs = db.collection<Stored>("accounts");
  await docs.createIndex({ nextRefreshAt: 1 }, { partialFilterExpression: { status: "active" } });
  const account = (n: number) => ({
    _id: n,
    status: n % 3 === 0 ? "revoked" : "active",
    nextRefreshAt: new Date(1000 * ((n * 7) % 50)),
  });
  await docs.insertMany(Array.from({ length: 50 }, (_, n) => account(n)));
  await docs.updateOne({ _id: 5 }, { $set: { nextRefreshAt: new Date(0) } });

  const due = await docs
    .find({ status: "active", nextRefreshAt: { $lte: new Date(12_000) } })
    .sort({ nextRefreshAt: 1 })
    .limit(4)
    .toArray();

  expect(due.map(({ nextRefreshAt }) => Number(nextRefreshAt) / 1000)).toEqual([0, 1, 3, 4]);
});

test.each<[string, Document, Document, number[]]>([
  ["equality", { s: 2 }, { _id: 1 }, [1, 2]],
  ["a list", { s: { $in: [1, 3] } }, { _id: 1 }, [1, 2]],
  ["a range", { s: { $gte: 3 } }, { _id: 1 }, [2]],
  ["null", { s: null }, { _id: 1 }, [4]],
  ["a whole list", { s: [1, 2] }, { _id: 1 }, [1]],
  ["a range downwards", { d: { $lt: 40, $gte: 20 } }, { d: -1 }, [3, 2]],
  ["equality and a range", { k: "x", d: { $gt: 10 } }, { d: 1 }, [2, 3]],
])("an index over lists and compound keys finds what a scan finds: %s", async (_, query, sort, expected) => {
  const docs = db.collection<Stored>("indexed");
  await docs.createIndexes([{ key: { s: 1 } }, { key: { k: 1, d: -1 } }, { key: { d: 1 } }]);
  const list = [
    { _id: 1, s: [1, 2], k: "x", d: 10 },
    { _id: 2, s: [2, 3], k: "x", d: 20 },
    { _id: 3, s: [], k: "x", d: 30 },
    { _id: 4, k: "y", d: 40 },
  ];
  for (const doc of list) await docs.replaceOne({ _id: doc._id }, doc, { upsert: true });

  expect((await docs.find(query).sort(sort).toArray()).map(({ _id }) => _id)).toEqual(expected);
});

test("a hint must name an index that is there", async () => {
  const docs = db.collection<Stored>("hinted");
  await docs.insertOne({ a: 1 });
  await docs.createIndex({ a: 1 });

  expect(await docs.find({ a: 1 }).hint("a_1").toArray()).toHaveLength(1);
  expect((await refusal(docs.find({ a: 1 }).hint("nope").toArray())).code).toBe(2);
});
