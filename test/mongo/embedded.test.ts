import { MongoClient } from "mongodb";
import { afterAll, expect, test } from "vitest";
import { Engine } from "../../dev/mongo/embedded/engine.ts";
import { startEmbedded } from "../../dev/mongo/embedded/server.ts";
import { Transaction } from "../../dev/mongo/embedded/transaction.ts";
import { refusal, type Stored } from "../support/database.ts";

const server = await startEmbedded();
const client = new MongoClient(server.uri);
const docs = client.db("embedded").collection<Stored>("docs");
afterAll(async () => {
  await client.close();
  await server.stop();
});

test("a TTL index deletes what is over, and leaves the rest and what is no date", () => {
  const { states, engine } = withStates();

  engine.expire(Date.parse("2026-01-01T02:00:00Z"));

  expect([...states.ids()].map((id) => states.read(id)?._id)).toEqual(["young", "text"]);
});

test("a TTL index leaves what an open transaction is about to change", () => {
  const { states, engine, old } = withStates();
  const transaction = new Transaction(engine.open);
  states.write(old, { ...old, claimed: true }, transaction);

  engine.expire(Date.parse("2026-01-01T02:00:00Z"));
  transaction.end("committed");

  expect([...states.ids()].map((id) => states.read(id))).toContainEqual({ ...old, claimed: true });
});

test.each<[string, () => Promise<unknown>]>([
  ["a collation", () => docs.find({}).collation({ locale: "de" }).toArray()],
  ["a tailable cursor", () => docs.find({}, { tailable: true }).toArray()],
  ["$out", () => docs.aggregate([{ $out: "elsewhere" }]).toArray()],
  ["a text index", () => docs.createIndex({ a: "text" })],
  ["an array filter", () => docs.updateOne({}, { $set: { "a.$[b]": 1 } }, { arrayFilters: [{ b: 1 }] })],
  ["a positional update", () => docs.updateOne({ a: 1 }, { $set: { "a.$": 1 } })],
  ["$rename", () => docs.updateOne({}, { $rename: { a: "b" } })],
  ["a change stream", () => docs.watch().next()],
  ["$where", () => docs.find({ $where: "true" }).toArray()],
])("%s, which it does not have, is an error and not ignored", async (_, use) => {
  expect([2, 115, 40415]).toContain((await refusal(use())).code);
});

function withStates() {
  const engine = new Engine();
  const states = engine.ensureCollection("db", "states");
  states.addIndex({ name: "ttl", key: { at: 1 }, expireAfterSeconds: 3600 });
  const old = { _id: "old", at: new Date("2026-01-01T00:30:00Z") };
  const young = { _id: "young", at: new Date("2026-01-01T01:30:00Z") };
  for (const doc of [old, young, { _id: "text", at: "long ago" }]) states.write(undefined, doc, undefined);
  return { engine, states, old };
}
