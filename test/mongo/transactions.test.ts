import { MongoServerError } from "mongodb";
import { beforeEach, expect, test } from "vitest";
import { inTransaction, refusal, type Stored, testDatabase } from "../support/database.ts";

const { client, db } = await testDatabase();
const docs = db.collection<Stored>("docs");

beforeEach(async () => {
  await docs.deleteMany({});
  await docs.createIndex({ key: 1 }, { unique: true });
  await docs.insertMany([
    { _id: 1, key: "a", n: 0 },
    { _id: 2, key: "b", n: 0 },
  ]);
});

test("what a transaction writes is seen by itself, and by others when it commits", async () => {
  await inTransaction(client, async (session) => {
    await docs.updateOne({ _id: 1 }, { $inc: { n: 5 } }, { session });
    await docs.insertOne({ _id: 3, key: "c" }, { session });
    await docs.deleteOne({ _id: 2 }, { session });

    expect(await docs.find({}, { session }).sort({ _id: 1 }).toArray()).toMatchObject([{ _id: 1, n: 5 }, { _id: 3 }]);
    expect(await docs.findOne({ key: "c" }, { session })).toMatchObject({ _id: 3 });
    expect(await docs.findOne({ key: "b" }, { session })).toBeNull();
    expect(await docs.find().sort({ _id: 1 }).toArray()).toMatchObject([{ _id: 1, n: 0 }, { _id: 2 }]);
    await session.commitTransaction();
  });

  expect(await docs.find().sort({ _id: 1 }).toArray()).toMatchObject([{ _id: 1, n: 5 }, { _id: 3 }]);
});

test("what an aborted transaction wrote never was", async () => {
  await inTransaction(client, async (session) => {
    await docs.updateOne({ _id: 1 }, { $set: { key: "z" } }, { session });
    await docs.insertOne({ _id: 3, key: "c" }, { session });
  });
  await docs.insertOne({ _id: 4, key: "c" });

  expect(await docs.find().sort({ _id: 1 }).toArray()).toEqual([
    { _id: 1, key: "a", n: 0 },
    { _id: 2, key: "b", n: 0 },
    { _id: 4, key: "c" },
  ]);
});

test("a transaction reads as of its start, by key, by index and by aggregation", async () => {
  await inTransaction(client, async (session) => {
    await docs.findOne({ _id: 1 }, { session });
    await docs.updateOne({ _id: 1 }, { $set: { key: "moved" } });
    await docs.deleteOne({ _id: 2 });
    await docs.insertOne({ _id: 3, key: "c" });

    expect(await docs.findOne({ key: "a" }, { session })).toMatchObject({ _id: 1 });
    expect(await docs.findOne({ key: "moved" }, { session })).toBeNull();
    expect(await docs.findOne({ _id: 2 }, { session })).toMatchObject({ key: "b" });
    expect(await docs.aggregate([{ $match: {} }, { $sort: { _id: 1 } }], { session }).toArray()).toMatchObject([
      { key: "a" },
      { key: "b" },
    ]);
  });
});

test("writing what changed since the snapshot is a write conflict that ends the transaction", async () => {
  const [conflict, after] = await inTransaction(client, async (session) => {
    await docs.findOne({}, { session });
    await docs.updateOne({ _id: 1 }, { $inc: { n: 1 } });
    return [
      await refusal(docs.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session })),
      await refusal(docs.findOne({}, { session })),
    ];
  });

  expect(conflict).toMatchObject({ code: 112, codeName: "WriteConflict" });
  expect(after).toMatchObject({ code: 251, codeName: "NoSuchTransaction" });
  expect([conflict, after].every((error) => error?.hasErrorLabel("TransientTransactionError"))).toBe(true);
});

test("writing what another open transaction wrote is a write conflict at once; the first goes on", async () => {
  await inTransaction(client, async (first) => {
    await docs.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session: first });
    const conflict = await inTransaction(client, (second) =>
      refusal(docs.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session: second })),
    );
    await first.commitTransaction();

    expect(conflict.code).toBe(112);
    expect(conflict.hasErrorLabel("TransientTransactionError")).toBe(true);
  });

  expect(await docs.findOne({ _id: 1 })).toMatchObject({ n: 1 });
});

test("taking the unique key that another open transaction has taken is a write conflict", async () => {
  const conflict = await inTransaction(client, async (first) => {
    await docs.insertOne({ _id: 8, key: "new" }, { session: first });
    return inTransaction(client, (second) => refusal(docs.insertOne({ _id: 9, key: "new" }, { session: second })));
  });

  expect(conflict.code).toBe(112);
});

test("a key that was taken after the snapshot is a write conflict, one taken before is a duplicate", async () => {
  const errors = await inTransaction(client, async (session) => {
    await docs.findOne({}, { session });
    await docs.insertOne({ _id: 8, key: "late" });
    return [await refusal(docs.insertOne({ _id: 9, key: "late" }, { session }))];
  });
  errors.push(await inTransaction(client, (session) => refusal(docs.insertOne({ _id: 9, key: "late" }, { session }))));

  expect(errors.map(({ code }) => code)).toEqual([112, 11000]);
});

test("a transaction may give a key to another document", async () => {
  await inTransaction(client, async (session) => {
    await docs.deleteOne({ _id: 1 }, { session });
    await docs.insertOne({ _id: 9, key: "a" }, { session });
    await session.commitTransaction();
  });

  expect(await docs.findOne({ key: "a" })).toEqual({ _id: 9, key: "a" });
});

test("two documents with one key inside a transaction are a duplicate, which ends it", async () => {
  const [duplicate, after] = await inTransaction(client, async (session) => {
    await docs.insertOne({ _id: 8, key: "twice" }, { session });
    return [
      await refusal(docs.insertOne({ _id: 9, key: "twice" }, { session })),
      await refusal(docs.findOne({}, { session })),
    ];
  });

  expect([duplicate?.code, after?.code]).toEqual([11000, 251]);
  expect(await docs.findOne({ key: "twice" })).toBeNull();
});

test("a plain write waits for the transaction that wrote the same document, then proceeds on its result", async () => {
  await inTransaction(client, async (session) => {
    await docs.updateOne({ _id: 1 }, { $set: { n: 10 } }, { session });
    const waiting = docs.findOneAndUpdate({ _id: 1 }, { $inc: { n: 1 } }, { returnDocument: "after" });
    await session.commitTransaction();

    expect(await waiting).toMatchObject({ n: 11 });
  });
});

test("a plain insert waits for the transaction that took its key: refused when that commits, done when it aborts", async () => {
  for (const outcome of ["commit", "abort"] as const)
    await inTransaction(client, async (session) => {
      await docs.insertOne({ _id: `t-${outcome}`, key: outcome }, { session });
      const waiting = docs.insertOne({ _id: `p-${outcome}`, key: outcome }).catch((error: unknown) => error);
      await (outcome === "commit" ? session.commitTransaction() : session.abortTransaction());
      const result = await waiting;

      if (outcome === "commit") expect(result).toMatchObject({ code: 11000 });
      else expect(result).toMatchObject({ insertedId: "p-abort" });
    });
});

test("a write that waits longer than its maxTimeMS gives up", async () => {
  const error = await inTransaction(client, async (session) => {
    await docs.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session });
    return refusal(docs.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { maxTimeMS: 50 }));
  });

  expect(error.code).toBe(50);
});

test("a commit sent again answers the same", async () => {
  await inTransaction(client, async (session) => {
    await docs.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session });
    await session.commitTransaction();
    await session.commitTransaction();
  });

  expect(await docs.findOne({ _id: 1 })).toMatchObject({ n: 1 });
});

test("what does not belong into a transaction is refused there", async () => {
  const errors = [
    await inTransaction(client, (session) => refusal(db.command({ count: "docs" }, { session }))),
    await inTransaction(client, (session) => refusal(db.command({ drop: "docs" }, { session }))),
  ];

  expect(errors.map(({ code }) => code)).toEqual([263, 263]);
});

test("a collection may be made inside a transaction", async () => {
  await inTransaction(client, async (session) => {
    await db.collection<Stored>("made").insertOne({ _id: 1 }, { session });
    await session.commitTransaction();
  });

  expect(await db.collection("made").countDocuments()).toBe(1);
});

test("the end of a session ends its transaction", async () => {
  const session = client.startSession();
  session.startTransaction();
  await docs.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session });
  await session.endSession();

  expect(await docs.findOneAndUpdate({ _id: 1 }, { $inc: { n: 1 } }, { returnDocument: "after" })).toMatchObject({
    n: 1,
  });
});

test("twenty transfers at once through withTransaction lose nothing", async () => {
  const transfer = () =>
    client.withSession((session) =>
      session.withTransaction(async () => {
        await docs.updateOne({ _id: 1 }, { $inc: { n: -1 } }, { session });
        await docs.updateOne({ _id: 2 }, { $inc: { n: 1 } }, { session });
      }),
    );

  await Promise.all(Array.from({ length: 20 }, transfer));

  expect(await docs.find().sort({ _id: 1 }).toArray()).toMatchObject([{ n: -20 }, { n: 20 }]);
});

test("an error inside withTransaction leaves nothing behind", async () => {
  const attempt = client.withSession((session) =>
    session.withTransaction(async () => {
      await docs.insertOne({ _id: 7, key: "seven" }, { session });
      await docs.insertOne({ _id: 7, key: "again" }, { session });
    }),
  );

  await expect(attempt).rejects.toBeInstanceOf(MongoServerError);
  expect(await docs.countDocuments()).toBe(2);
});
