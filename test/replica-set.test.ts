import { MongoClient } from "mongodb";
import { expect, inject, test } from "vitest";
import { databaseUri, freshDatabase, startReplicaSet } from "../dev/mongo/replica-set.ts";

const say = () => {};

test.each([
  ["mongodb://localhost:27017/?replicaSet=rs0", "mongodb://localhost:27017/app?replicaSet=rs0"],
  ["mongodb://u:p@a:1,b:2/live?w=majority", "mongodb://u:p@a:1,b:2/app?w=majority"],
  ["mongodb+srv://u:p@cluster.example.com", "mongodb+srv://u:p@cluster.example.com/app"],
])("%s naming another database", (uri, expected) => {
  expect(databaseUri(uri, "app")).toBe(expected);
});

test("a fresh database is another one each time, and leaves nothing behind", async () => {
  const [one, two] = [
    await freshDatabase(inject("mongodbUri"), "fresh"),
    await freshDatabase(inject("mongodbUri"), "fresh"),
  ];
  const client = await new MongoClient(one.uri).connect();
  await client.db().collection("things").insertOne({});

  await one.drop();

  expect(one.name).not.toBe(two.name);
  expect(await client.db(one.name).collection("things").countDocuments()).toBe(0);
  await client.close();
});

test("a MONGODB_URI that answers is used and left running", async () => {
  const replicaSet = await startReplicaSet({ say, env: { MONGODB_URI: inject("mongodbUri") } });
  await replicaSet.stop();

  expect(replicaSet).toMatchObject({ uri: inject("mongodbUri"), origin: "given" });
  const client = new MongoClient(replicaSet.uri);
  expect(await client.db().command({ ping: 1 })).toMatchObject({ ok: 1 });
  await client.close();
});

test("a MONGODB_URI that nobody answers at is a clear error without its password", async () => {
  const started = startReplicaSet({
    say,
    env: { MONGODB_URI: "mongodb://u:hunter2@127.0.0.1:1/?serverSelectionTimeoutMS=100" },
  });

  const error = await started.catch((reason: unknown) => reason);

  expect(String(error)).toContain("MONGODB_URI is set, but nothing usable answers there");
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("hunter2");
});

test("the embedded engine can be insisted on, and says in one line how to get a real one", async () => {
  const lines: string[] = [];
  const env = { MONGO: "embedded", MONGODB_URI: "mongodb://127.0.0.1:1" };

  const replicaSet = await startReplicaSet({ say: (line) => lines.push(line), env });
  await replicaSet.stop();

  expect(replicaSet.origin).toBe("embedded");
  expect(lines).toEqual([expect.stringContaining("MONGO=mongod")]);
});

test("a MONGO that is neither is refused", async () => {
  await expect(startReplicaSet({ say, env: { MONGO: "sqlite" } })).rejects.toThrow("MONGO is mongod or embedded");
});
