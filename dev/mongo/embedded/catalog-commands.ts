import type { Collection } from "./collection.ts";
import type { Command, Request } from "./engine.ts";
import { CommandError, unsupported } from "./errors.ts";
import type { Index, IndexSpec } from "./index.ts";
import { equal } from "./key-string.ts";
import { matcher } from "./matching.ts";
import { type Doc, isDoc } from "./paths.ts";
import { firstBatch } from "./read-commands.ts";
import { patiently } from "./transaction.ts";
import { docOr } from "./wire.ts";

const indexFields =
  /^(key|name|unique|prepareUnique|sparse|hidden|background|v|expireAfterSeconds|partialFilterExpression|ns)$/;

function indexSpec(given: unknown): IndexSpec {
  const { key, name, background: _, ns: __, ...options } = docOr(given);
  const unknown = Object.keys(options).find((field) => !indexFields.test(field));
  if (unknown) throw unsupported(`the index option ${unknown}`);
  if (!isDoc(key) || typeof name !== "string") throw new CommandError(9, "An index has a key and a name");
  const fields: Record<string, 1 | -1> = {};
  for (const [path, direction] of Object.entries(key)) {
    if (direction !== 1 && direction !== -1) throw new CommandError(67, `Unsupported index key ${path}: ${direction}`);
    fields[path] = direction;
  }
  return { v: 2, ...options, key: fields, name };
}

/** Whether the index is there already; an error if another has its name or its key. */
function isPresent(collection: Collection, spec: IndexSpec): boolean {
  const present = collection.indexes.find(({ spec: other }) => other.name === spec.name || equal(other.key, spec.key));
  if (!present || equal(sortedSpec(present.spec), sortedSpec(spec))) return present !== undefined;
  const sameKey = equal(present.spec.key, spec.key);
  if (spec.name === "_id_" || equal(spec.key, { _id: 1 })) return true;
  throw sameKey
    ? new CommandError(85, `An equivalent index already exists with a different name or options: ${present.spec.name}`)
    : new CommandError(86, `An existing index has the same name as the requested index: ${spec.name}`);
}

const sortedSpec = (spec: IndexSpec): Doc =>
  Object.fromEntries(Object.entries(spec).sort(([a], [b]) => Number(a > b) - Number(a < b)));

function existing({ engine, db }: Request, name: unknown): Collection {
  const collection = engine.collection(db, name);
  if (collection) return collection;
  throw new CommandError(26, `ns does not exist: ${db}.${name}`);
}

function dropIndexes(request: Request): Doc {
  const collection = existing(request, request.body.dropIndexes);
  const wanted = request.body.index;
  const nIndexesWas = collection.indexes.length;
  const goes = ({ spec }: Index) =>
    wanted === "*"
      ? spec.name !== "_id_"
      : isDoc(wanted)
        ? equal(spec.key, wanted)
        : [wanted].flat().includes(spec.name);
  const dropped = collection.indexes.filter(goes);
  if (dropped.some(({ spec }) => spec.name === "_id_")) throw new CommandError(72, "cannot drop _id index");
  if (dropped.length === 0 && wanted !== "*") throw new CommandError(27, `index not found with name [${wanted}]`);
  collection.indexes = collection.indexes.filter((index) => !goes(index));
  return { nIndexesWas };
}

function collMod(request: Request): Doc {
  const collection = existing(request, request.body.collMod);
  const { name, keyPattern, ...changes } = docOr(request.body.index);
  const index = collection.indexes.find(({ spec }) => spec.name === name || equal(spec.key, keyPattern));
  if (!index) throw new CommandError(27, `cannot find index ${name ?? JSON.stringify(keyPattern)}`);
  const unknown = Object.keys(changes).find(
    (field) => !/^(unique|prepareUnique|hidden|expireAfterSeconds)$/.test(field),
  );
  if (unknown) throw new CommandError(40415, `BSON field 'collMod.index.${unknown}' is an unknown field.`);
  if (changes.unique === false) throw new CommandError(72, "Cannot make index non-unique");
  const spec = { ...index.spec, ...changes };
  if (changes.unique && !index.spec.prepareUnique)
    throw new CommandError(72, "Cannot make index unique with 'prepareUnique=true' not set on it before");
  if (changes.unique) {
    const isDuplicate = (error: unknown) => error instanceof CommandError && error.code === 11000;
    try {
      collection.addIndex({ ...spec, name: `${spec.name} unique` });
    } catch (error) {
      throw isDuplicate(error) ? new CommandError(359, "Cannot convert the index to unique: it has duplicates") : error;
    }
    collection.indexes = collection.indexes.slice(0, -1);
  }
  index.spec = spec;
  return {};
}

export const catalogCommands: Record<string, Command> = {
  create: {
    fields: "autoIndexId",
    transactional: true,
    run: ({ engine, db, body }) => {
      engine.ensureCollection(db, body.create);
      return {};
    },
  },
  createIndexes: {
    fields: "indexes commitQuorum",
    run: (request) =>
      patiently(() => {
        const { engine, db, body } = request;
        const isNew = engine.collection(db, body.createIndexes) === undefined;
        const collection = engine.ensureCollection(db, body.createIndexes);
        const numIndexesBefore = collection.indexes.length;
        for (const spec of [body.indexes ?? []].flat().map(indexSpec))
          if (!isPresent(collection, spec)) collection.addIndex(spec);
        const numIndexesAfter = collection.indexes.length;
        return { numIndexesBefore, numIndexesAfter, createdCollectionAutomatically: isNew };
      }, request.deadline),
  },
  listIndexes: {
    fields: "cursor",
    run: (request) => {
      const { engine, db, body } = request;
      const specs = existing(request, body.listIndexes).indexes.map(({ spec }) => spec);
      return firstBatch(engine, `${db}.$cmd.listIndexes.${body.listIndexes}`, specs, body);
    },
  },
  dropIndexes: { fields: "index", run: (request) => patiently(() => dropIndexes(request), request.deadline) },
  collMod: { fields: "index", run: (request) => patiently(() => collMod(request), request.deadline) },
  listCollections: {
    fields: "filter nameOnly authorizedCollections cursor",
    run: ({ engine, db, body }) => {
      const matches = matcher(docOr(body.filter));
      const infos = [...(engine.databases.get(db) ?? [])].map(([name, { uuid }]) => ({
        ...{ name, type: "collection", options: {}, info: { readOnly: false, uuid } },
        idIndex: { v: 2, key: { _id: 1 }, name: "_id_" },
      }));
      return firstBatch(engine, `${db}.$cmd.listCollections`, infos.filter(matches), body);
    },
  },
  listDatabases: {
    fields: "filter nameOnly authorizedDatabases",
    run: ({ engine, body }) => {
      const databases = [...engine.databases.keys()].map((name) => ({ name, sizeOnDisk: 0, empty: false }));
      return { databases: databases.filter(matcher(docOr(body.filter))), totalSize: 0 };
    },
  },
  drop: {
    fields: "",
    run: (request) =>
      patiently(() => {
        const { engine, db, body } = request;
        const collection = engine.collection(db, body.drop);
        collection?.waitForTransactions();
        engine.databases.get(db)?.delete(String(body.drop));
        return collection ? { nIndexesWas: collection.indexes.length, ns: collection.ns } : {};
      }, request.deadline),
  },
  dropDatabase: {
    fields: "",
    run: (request) =>
      patiently(() => {
        for (const collection of request.engine.databases.get(request.db)?.values() ?? [])
          collection.waitForTransactions();
        request.engine.databases.delete(request.db);
        return { dropped: request.db };
      }, request.deadline),
  },
};
