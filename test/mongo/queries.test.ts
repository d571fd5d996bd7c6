import { Binary, type Document, Long, ObjectId } from "mongodb";
import { beforeAll, expect, test } from "vitest";
import { refusal, type Stored, testDatabase } from "../support/database.ts";

const { db } = await testDatabase();
const absence = db.collection<Stored>("absence");
const types = db.collection<Stored>("types");
const arrays = db.collection<Stored>("arrays");
const id = new ObjectId("64b7f0000000000000000001");

beforeAll(async () => {
  await absence.insertMany([
    { _id: 1 },
    { _id: 2, a: null },
    { _id: 3, a: 1 },
    { _id: 5, a: [null] },
    { _id: 6, a: [{ b: 1 }, {}] },
    { _id: 7, a: { b: null } },
  ]);
  await types.insertMany([
    { _id: 1, v: "text" },
    { _id: 2, v: 5 },
    { _id: 3, v: new Date(0) },
    { _id: 4, v: id },
    { _id: 5, v: true },
    { _id: 6, v: { x: 1, y: 2 } },
    { _id: 7, v: Long.fromString("9007199254740993") },
    { _id: 8, v: null },
    { _id: 9, v: new Binary(Buffer.from([0xff, 0xfe])) },
    { _id: 10, v: 2.5 },
    { _id: 11, v: 9007199254740992 },
  ]);
  await arrays.insertMany([
    {
      _id: 1,
      points: [
        { x: 1, y: 2 },
        { x: 2, y: 1 },
      ],
      n: [1, 5, 9],
      s: ["Foo", "bar"],
    },
    { _id: 2, points: { x: 2, y: 2 }, n: 7, s: "fool" },
  ]);
});

test.each([
  ["null matches what is null, missing or an array with null", { a: null }, [1, 2, 5]],
  ["null on a path inside an array matches an element without the field", { "a.b": null }, [1, 2, 3, 6, 7]],
  ["$ne null leaves only what has a value", { a: { $ne: null } }, [3, 6, 7]],
  ["$exists looks through arrays", { "a.b": { $exists: true } }, [6, 7]],
  ["$exists false is for what is missing, not for null", { a: { $exists: false } }, [1]],
  ["$lte null is null and missing", { a: { $lte: null } }, [1, 2, 5]],
  ["$nin with null leaves only what has a value", { a: { $nin: [null, 1] } }, [6, 7]],
])("%s", async (_, query, expected) => {
  expect(await idsOf(absence, query)).toEqual(expected);
});

test.each([
  ["$gt compares numbers with numbers only", { v: { $gt: 2 } }, [2, 7, 10, 11]],
  ["$lte a date finds dates only", { v: { $lte: new Date() } }, [3]],
  ["longs beyond 2^53 are told apart", { v: Long.fromString("9007199254740993") }, [7]],
  ["bytes are equal by content", { v: new Binary(Buffer.from([0xff, 0xfe])) }, [9]],
  ["other bytes are others", { v: new Binary(Buffer.from([0xff, 0xfd])) }, []],
  ["$in takes several types", { v: { $in: [new ObjectId(id.toHexString()), "text", new Date(0)] } }, [1, 3, 4]],
  ["a subdocument is equal in the same order of fields", { v: { x: 1, y: 2 } }, [6]],
  ["a subdocument in another order is another", { v: { y: 2, x: 1 } }, []],
])("%s", async (_, query, expected) => {
  expect(await idsOf(types, query)).toEqual(expected);
});

test.each([
  ["$elemMatch wants all in one element", { points: { $elemMatch: { x: 2, y: 2 } } }, []],
  ["plain paths may match in several elements", { "points.x": 2, "points.y": 2 }, [1, 2]],
  ["$elemMatch on values", { n: { $elemMatch: { $gt: 2, $lt: 6 } } }, [1]],
  ["bounds without $elemMatch may match in several elements", { n: { $gt: 5, $lt: 6 } }, [1]],
  ["$all", { n: { $all: [1, 9] } }, [1]],
  ["$all on a single value", { n: { $all: [7] } }, [2]],
  ["$size", { n: { $size: 3 } }, [1]],
  ["an index in a path", { "points.0.x": 1 }, [1]],
  ["a pattern looks into arrays", { s: /^foo/i }, [1, 2]],
  ["$regex with options", { s: { $regex: "^foo$", $options: "i" } }, [1]],
  ["$not of a pattern", { s: { $not: /^Foo$/ } }, [2]],
  ["$not of a bound", { n: { $not: { $gt: 8 } } }, [2]],
  ["$nor", { $nor: [{ n: 5 }] }, [2]],
  ["$or inside $and", { $and: [{ $or: [{ n: 7 }, { n: 8 }] }, { s: "fool" }] }, [2]],
  ["$expr", { $expr: { $eq: ["$n", 7] } }, [2]],
])("arrays: %s", async (_, query, expected) => {
  expect(await idsOf(arrays, query)).toEqual(expected);
});

test("sorting puts types in BSON's order", async () => {
  const docs = await types.find().sort({ v: 1, _id: 1 }).toArray();

  expect(docs.map(({ _id }) => _id)).toEqual([8, 10, 2, 11, 7, 1, 6, 9, 4, 5, 3]);
});

test("an array sorts by its least element upwards and by its greatest downwards", async () => {
  const lists = db.collection<Stored>("lists");
  await lists.insertMany([
    { _id: 1, n: [1, 9] },
    { _id: 2, n: [5] },
  ]);

  const [up, down] = [await lists.find().sort({ n: 1 }).toArray(), await lists.find().sort({ n: -1 }).toArray()];

  expect([up, down].map((docs) => docs.map(({ _id }) => _id))).toEqual([
    [1, 2],
    [1, 2],
  ]);
});

test("skip, limit and batches give every document once", async () => {
  const many = db.collection<Stored>("many");
  await many.insertMany(Array.from({ length: 250 }, (_, n) => ({ _id: n })));

  const page = await many.find().sort({ _id: 1 }).skip(10).limit(200).batchSize(7).toArray();

  expect(page.map(({ _id }) => _id)).toEqual(Array.from({ length: 200 }, (_, n) => n + 10));
});

test.each<[Document, unknown]>([
  [
    { a: 1, "b.c": 1 },
    { _id: 1, a: [{ x: 1, y: 2 }], b: { c: 1 } },
  ],
  [{ "a.x": 1, _id: 0 }, { a: [{ x: 1 }] }],
  [
    { b: 0, "a.y": 0 },
    { _id: 1, a: [{ x: 1 }], z: 1 },
  ],
  [{ a: { $elemMatch: { x: 1 } } }, { _id: 1, a: [{ x: 1, y: 2 }] }],
  [{ twice: { $add: ["$z", 1] } }, { _id: 1, twice: 2 }],
])("the projection %j", async (projection, expected) => {
  const shapes = db.collection<Stored>("shapes");
  const doc = { a: [{ x: 1, y: 2 }], b: { c: 1, d: 2 }, z: 1 };
  await shapes.replaceOne({ _id: 1 }, doc, { upsert: true });

  expect(await shapes.findOne({}, { projection })).toEqual(expected);
});

test("distinct opens arrays; count and estimates count", async () => {
  expect((await arrays.distinct("n")).toSorted()).toEqual([1, 5, 7, 9]);
  expect(await arrays.countDocuments({ n: 7 })).toBe(1);
  expect(await arrays.estimatedDocumentCount()).toBe(2);
});

test.each([
  ["a query operator", { a: { $near2: 1 } }],
  ["a top-level operator", { $frobnicate: 1 }],
  ["a list that is none", { a: { $in: 1 } }],
  ["an empty $and", { $and: [] }],
])("%s nobody knows is an error, even where there is no document", async (_, query) => {
  expect((await refusal(db.collection("nowhere").find(query).toArray())).code).toBe(2);
});

test("an unknown command is an error", async () => {
  expect(await refusal(db.command({ frobnicate: 1 }))).toMatchObject({ code: 59, codeName: "CommandNotFound" });
});

test("an unknown option of a command is an error", async () => {
  await refusal(db.command({ find: "arrays", frobnicate: 1 }));
});

async function idsOf(collection: typeof types, query: Document): Promise<unknown[]> {
  const docs = await collection.find(query).sort({ _id: 1 }).toArray();
  return docs.map(({ _id }) => _id);
}
