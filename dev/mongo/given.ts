import { MongoClient } from "mongodb";

/** Throws unless the URI answers and leads to a replica set or a sharded cluster. The message never shows the URI: it may hold a password. */
export async function assertReplicaSet(uri: string): Promise<void> {
  const patience = uri.includes("serverSelectionTimeoutMS=") ? {} : { serverSelectionTimeoutMS: 5_000 };
  const client = new MongoClient(uri, patience);
  try {
    const hello = await client.db("admin").command({ hello: 1 });
    if (hello.setName || hello.msg === "isdbgrid") return;
  } catch (cause) {
    throw new Error("MONGODB_URI is set, but nothing usable answers there", { cause });
  } finally {
    await client.close();
  }
  throw new Error("MONGODB_URI leads to a standalone server: transactions need a replica set or a sharded cluster");
}
