import { startEmbedded } from "./embedded/server.ts";
import { assertReplicaSet } from "./given.ts";
import { locateMongod, startMongod } from "./mongod.ts";

export { databaseUri, freshDatabase } from "./databases.ts";

export interface ReplicaSet {
  readonly uri: string;
  readonly origin: "given" | "mongod" | "embedded";
  stop(): Promise<void>;
}

/** The best replica set this machine has: MONGODB_URI, a mongod, else the embedded engine. MONGO=mongod|embedded insists on one. */
export async function startReplicaSet(options: {
  say: (line: string) => void;
  env?: NodeJS.ProcessEnv;
}): Promise<ReplicaSet> {
  const { say, env = process.env } = options;
  if (env.MONGO && env.MONGO !== "mongod" && env.MONGO !== "embedded")
    throw new Error(`MONGO is mongod or embedded, not ${env.MONGO}`);
  if (env.MONGO === "embedded") return embedded(say);
  if (env.MONGODB_URI) {
    await assertReplicaSet(env.MONGODB_URI);
    say("MongoDB: the replica set of MONGODB_URI");
    return { uri: env.MONGODB_URI, origin: "given", stop: async () => {} };
  }
  const binary = await locateMongod(env);
  if (!binary && env.MONGO !== "mongod") return embedded(say);
  say(binary ? `MongoDB: ${binary}` : "MongoDB: downloading mongod, once");
  return { origin: "mongod", ...(await startMongod(binary)) };
}

async function embedded(say: (line: string) => void): Promise<ReplicaSet> {
  say("MongoDB: the embedded engine, in memory; MONGO=mongod fetches the real one, MONGODB_URI names your own");
  return { origin: "embedded", ...(await startEmbedded()) };
}
