import { CommandError, unsupported } from "../language/errors.ts";
import { equal } from "../language/key-string.ts";
import { matcher } from "../language/matching.ts";
import { type Doc, docOr, isDoc } from "../language/paths.ts";
import type { Collection } from "./collection.ts";
import type { Command, Request } from "./engine.ts";
import type { Index, IndexSpec } from "./index.ts";
import { firstBatch } from "./read-commands.ts";
import { patiently } from "./transaction.ts";

const indexOptions = /^(unique|sparse|hidden|v|expireAfterSeconds|partialFilterExpression)$/;

function indexSpec(given: Doc): IndexSpec {
  const { key, name, background: _, ...options } = given;
  const unknown = Object.keys(options).find((field) => !indexOptions.test(field));
  const way = Object.values(docOr(key)).find((direction) => direction !== 1 && direction !== -1);
  if (unknown || way !== undefined) throw unsupported(`the index option ${unknown ?? way}`);
  if (!isDoc(key) || typeof name !== "string") throw new CommandError(9, "An index has a key and a name");
  return { v: 2, key, name, ...options };
}

/** Adds the index unless it is there already; an error if another has its name or its key. */
function ensureIndex(collection: Collection, spec: IndexSpec): void {
  const fields = (one: IndexSpec) => Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1));
  const named = collection.indexes.find((index) => index.spec.name === spec.name);
  const twin = collection.indexes.find((index) => equal(index.spec.key, spec.key));
  if (equal(spec.key, { _id: 1 }) || (named && equal(fields(named.spec), fields(spec)))) return;
  if (named) throw new CommandError(86, `An existing index has the same name as the requested index: ${spec.name}`);
  if (twin) throw new CommandError(85, `Index already exists with a different name: ${twin.spec.name}`);
  collection.addIndex(spec);
}

function existing({ engine, db, name, body }: Request): Collection {
  const collection = engine.databases.get(db)?.get(String(body[name]));
  if (collection) return collection;
  throw new CommandError(26, `ns does not exist: ${db}.${body[name]}`);
}

/** Runs once no open transaction has written to the collections. */
function alone(request: Request, collections: Iterable<Collection>, run: () => Doc): Promise<Doc> {
  const attempt = () => {
    for (const collection of collections) collection.waitForTransactions();
    return run();
  };
  return patiently(attempt, request.deadline);
}

function dropIndexes(collection: Collection, wanted: unknown): Doc {
  const goes = ({ spec }: Index) =>
    wanted === "*"
      ? spec.name !== "_id_"
      : isDoc(wanted)
        ? equal(spec.key, wanted)
        : [wanted].flat().includes(spec.name);
  const dropped = collection.indexes.filter(goes);
  const nIndexesWas = collection.indexes.length;
  if (dropped.some(({ spec }) => spec.name === "_id_")) throw new CommandError(72, "cannot drop _id index");
  if (dropped.length === 0 && wanted !== "*") throw new CommandError(27, `index not found with name [${wanted}]`);
  collection.indexes = collection.indexes.filter((index) => !goes(index));
  return { nIndexesWas };
}

export const catalogCommands: Record<string, Command> = {
  create: {
    fields: "",
    isTransactional: true,
    run: ({ engine, db, body }) => void engine.ensureCollection(db, body.create),
  },
  createIndexes: {
    fields: "indexes commitQuorum",
    run: (request) => {
      const { engine, db, body } = request;
      const createdCollectionAutomatically = !engine.databases.get(db)?.has(String(body.createIndexes));
      const collection = engine.ensureCollection(db, body.createIndexes);
      const numIndexesBefore = collection.indexes.length;
      return alone(request, [collection], () => {
        for (const spec of [body.indexes ?? []].flat().map(docOr).map(indexSpec)) ensureIndex(collection, spec);
        return { numIndexesBefore, numIndexesAfter: collection.indexes.length, createdCollectionAutomatically };
      });
    },
  },
  listIndexes: {
    fields: "cursor",
    run: (request) => {
      const { ns, indexes } = existing(request);
      return firstBatch(
        request.engine,
        ns,
        indexes.map(({ spec }) => spec),
        request.body,
      );
    },
  },
  dropIndexes: {
    fields: "index",
    run: (request) => alone(request, [existing(request)], () => dropIndexes(existing(request), request.body.index)),
  },
  listCollections: {
    fields: "filter nameOnly authorizedCollections cursor",
    run: ({ engine, db, body }) => {
      const common = { type: "collection", options: {}, idIndex: { v: 2, key: { _id: 1 }, name: "_id_" } };
      const infos = [...(engine.databases.get(db) ?? [])].map(([name, { uuid }]) => ({
        ...{ name, ...common, info: { readOnly: false, uuid } },
      }));
      return firstBatch(engine, `${db}.$cmd.listCollections`, infos.filter(matcher(docOr(body.filter))), body);
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
    run: (request) => {
      const { engine, db, body } = request;
      return alone(request, [engine.collection(db, body.drop)], () => {
        engine.databases.get(db)?.delete(String(body.drop));
        return { ns: `${db}.${body.drop}` };
      });
    },
  },
  dropDatabase: {
    fields: "",
    run: (request) => {
      const { engine, db } = request;
      return alone(request, engine.databases.get(db)?.values() ?? [], () => {
        engine.databases.delete(db);
        return { dropped: db };
      });
    },
  },
};
