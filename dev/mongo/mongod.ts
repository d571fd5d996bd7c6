import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { DryMongoBinary, MongoMemoryReplSet } from "mongodb-memory-server-core";

/** The path of a mongod that is already on this machine. */
export async function locateMongod(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (env.MONGOMS_SYSTEM_BINARY) return env.MONGOMS_SYSTEM_BINARY;
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    const path = join(folder, "mongod");
    if (folder !== "" && (await isExecutable(path))) return path;
  }
  const unlessThereAreNoBuilds = () => undefined; // it throws on systems that MongoDB is not built for
  return DryMongoBinary.generateOptions()
    .then((options) => DryMongoBinary.locateBinary(options))
    .catch(unlessThereAreNoBuilds);
}

/** Starts a one-member replica set in a temporary folder; without a binary, mongodb-memory-server downloads one first. */
export async function startMongod(binary: string | undefined) {
  const server = await MongoMemoryReplSet.create({
    replSet: { name: "rs0", count: 1, storageEngine: "wiredTiger" },
    binary: binary ? { systemBinary: binary } : {},
  });
  return { uri: server.getUri(), stop: async () => void (await server.stop()) };
}

const isExecutable = (path: string) =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
