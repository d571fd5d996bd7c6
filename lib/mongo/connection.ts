import type { Db, MongoClient } from "mongodb";
import { databaseName, mongoClient, type PoolSettings } from "./client.ts";
import { isLoginRefused } from "./errors.ts";

export interface Database {
  readonly client: MongoClient;
  readonly db: Db;
}

export interface Connection {
  /**
   * Runs the work on the one client of this environment. When MongoDB refuses the login, the connection string is fetched again and the
   * work run once more: so it lets that error out only while nothing has happened yet.
   */
  use<Result>(work: (database: Database) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface ConnectionStrings {
  current(): Promise<string>;
  renewed(): Promise<string>;
}

export function databaseConnection(uris: ConnectionStrings, pool: PoolSettings, name: string | undefined): Connection {
  let opened: Promise<Database> | undefined;

  function open(uri: Promise<string>): Promise<Database> {
    const opening = uri.then((text) => {
      const client = mongoClient(text, pool);
      return { client, db: client.db(name ?? databaseName(text)) };
    });
    opening.catch(() => {
      if (opened === opening) opened = undefined; // a failed start is tried again, not remembered
    });
    opened = opening;
    return opening;
  }

  return {
    async use(work) {
      const opening = opened ?? open(uris.current());
      const database = await opening;
      return work(database).catch(async (error: unknown) => {
        if (!isLoginRefused(error)) throw error;
        if (opened === opening) open(uris.renewed());
        const renewed = await (opened ?? open(uris.renewed()));
        closeLater(database.client);
        return work(renewed);
      });
    },
    async close() {
      const closing = opened;
      opened = undefined;
      await (await closing)?.client.close();
    },
  };
}

// what is under way on connections that were let in before may finish
function closeLater(client: MongoClient): void {
  setTimeout(() => client.close().catch(() => undefined), 30_000).unref();
}
