import { randomBytes } from "node:crypto";
import { MongoClient } from "mongodb";

/** The same URI, naming this database. */
export function databaseUri(uri: string, database: string): string {
  const [, head, , query = ""] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(\/[^?]*)?(\?.*)?$/.exec(uri) ?? [];
  if (head === undefined) throw new Error("A MongoDB URI starts with mongodb:// or mongodb+srv:// and a host");
  return `${head}/${database}${query}`;
}

/** A database of its own under a name nobody else has: never the one the URI names. */
export async function freshDatabase(uri: string, prefix: string) {
  const name = `${prefix}-${randomBytes(6).toString("hex")}`;
  const drop = async () => {
    const client = new MongoClient(uri);
    await client
      .db(name)
      .dropDatabase()
      .finally(() => client.close());
  };
  return { uri: databaseUri(uri, name), name, drop };
}
