import { type Document, ObjectId } from "mongodb";
import { beforeAll, expect, test } from "vitest";
import { refusal, type Stored, testDatabase } from "../support/database.ts";

const { db } = await testDatabase();
const sales = db.collection<Stored>("sales");
const [first, second, lost] = [1, 2, 3].map((n) => new ObjectId(`64b7f000000000000000000${n}`));

beforeAll(async () => {
  await sales.insertMany([
    { _id: 1, who: "a", n: 1, refs: [first, lost] },
    { _id: 2, who: "b", n: 2, refs: [second] },
    { _id: 3, who: "a", n: 3 },
  ]);
  await db.collection<Stored>("accounts").insertMany([
    { _id: first, who: "a" },
    { _id: second, who: "z" },
  ]);
});

test.each<[string, Document[], unknown[]]>([
  [
    "$group sums, collects and compares",
    [
      { $group: { _id: "$who", sum: { $sum: "$n" }, ids: { $push: "$_id" }, max: { $max: "$n" } } },
      { $sort: { _id: 1 } },
    ],
    [
      { _id: "a", sum: 4, ids: [1, 3], max: 3 },
      { _id: "b", sum: 2, ids: [2], max: 2 },
    ],
  ],
  [
    "$group by a document finds doubles",
    [{ $group: { _id: { who: "$who" }, count: { $sum: 1 } } }, { $match: { count: { $gt: 1 } } }],
    [{ _id: { who: "a" }, count: 2 }],
  ],
  [
    "$lookup joins by a list of ids, and leaves out what is not there",
    [
      { $match: { _id: 1 } },
      { $lookup: { from: "accounts", localField: "refs", foreignField: "_id", as: "found" } },
      { $project: { found: 1 } },
    ],
    [{ _id: 1, found: [{ _id: first, who: "a" }] }],
  ],
  [
    "$unwind and $lookup show references to nothing",
    [
      { $unwind: "$refs" },
      { $lookup: { from: "accounts", localField: "refs", foreignField: "_id", as: "found" } },
      { $match: { found: [] } },
      { $project: { refs: 1 } },
    ],
    [{ _id: 1, refs: lost }],
  ],
  [
    "$lookup with a pipeline and variables",
    [
      {
        $lookup: {
          from: "accounts",
          let: { who: "$who" },
          pipeline: [{ $match: { $expr: { $eq: ["$who", "$$who"] } } }],
          as: "found",
        },
      },
      { $match: { found: { $size: 0 } } },
      { $project: { _id: 1 } },
    ],
    [{ _id: 2 }],
  ],
  [
    "$facet and $count",
    [{ $facet: { all: [{ $count: "n" }], few: [{ $match: { who: "a" } }, { $count: "n" }] } }],
    [{ all: [{ n: 3 }], few: [{ n: 2 }] }],
  ],
  [
    "$unionWith adds another collection",
    [
      { $project: { who: 1, _id: 0 } },
      { $unionWith: { coll: "accounts", pipeline: [{ $match: { who: "z" } }, { $project: { who: 1, _id: 0 } }] } },
      { $sort: { who: 1 } },
    ],
    [{ who: "a" }, { who: "a" }, { who: "b" }, { who: "z" }],
  ],
  [
    "a missing field is less than any value, and not null",
    [{ $match: { $expr: { $and: [{ $lt: ["$missing", "$n"] }, { $ne: ["$missing", null] }] } } }, { $count: "n" }],
    [{ n: 3 }],
  ],
  [
    "the newest of each group",
    [
      { $sort: { n: -1 } },
      { $group: { _id: "$who", top: { $first: "$$ROOT" } } },
      { $replaceRoot: { newRoot: "$top" } },
      { $sort: { _id: 1 } },
      { $project: { n: 1 } },
    ],
    [
      { _id: 2, n: 2 },
      { _id: 3, n: 3 },
    ],
  ],
  [
    "expressions over lists",
    [
      { $match: { _id: 1 } },
      {
        $project: {
          size: { $size: { $ifNull: ["$refs", []] } },
          has: { $in: [first, "$refs"] },
          rest: { $setDifference: ["$refs", [first]] },
        },
      },
    ],
    [{ _id: 1, size: 2, has: true, rest: [lost] }],
  ],
])("%s", async (_, pipeline, expected) => {
  expect(await sales.aggregate(pipeline).toArray()).toEqual(expected);
});

test("a pipeline does not change what is stored", async () => {
  await sales
    .aggregate([{ $set: { "deep.value": 1, n: 9 } }, { $unwind: { path: "$refs", preserveNullAndEmptyArrays: true } }])
    .toArray();

  expect(await sales.findOne({ _id: 2 })).toEqual({ _id: 2, who: "b", n: 2, refs: [second] });
});

test("results come in batches", async () => {
  expect(await sales.aggregate([{ $sort: { _id: 1 } }], { batchSize: 1 }).toArray()).toHaveLength(3);
});

test("an unknown stage is refused, also where there is no document", async () => {
  expect(
    (
      await refusal(
        db
          .collection("nowhere")
          .aggregate([{ $frobnicate: 1 }])
          .toArray(),
      )
    ).code,
  ).toBe(40324);
});
