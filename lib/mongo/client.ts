import { MongoClient, type MongoClientOptions } from "mongodb";

export interface PoolSettings {
  readonly appName: string;
  /** 5 where one request is served at a time, 10 in jobs. */
  readonly maxPoolSize: number;
}

const LAMBDA_OPTIONS = {
  maxIdleTimeMS: 60_000, // a thawed environment drops its stale sockets instead of using them
  serverSelectionTimeoutMS: 5_000,
  connectTimeoutMS: 5_000,
  socketTimeoutMS: 20_000,
  waitQueueTimeoutMS: 5_000,
  ignoreUndefined: true,
  writeConcern: { w: "majority", wtimeoutMS: 5_000 },
} satisfies MongoClientOptions;

export const mongoClient = (uri: string, pool: PoolSettings): MongoClient =>
  new MongoClient(uri, { ...LAMBDA_OPTIONS, ...pool });

/** The database that the connection string names, else `app`; the driver's own default would be `test`. */
export function databaseName(uri: string): string {
  const [, path] = /^mongodb(?:\+srv)?:\/\/[^/?]+\/([^?]+)/.exec(uri) ?? [];
  return path === undefined ? "app" : decodeURIComponent(path);
}
