import { calculateObjectSize } from "bson";
import type { Command, Engine, Request } from "./engine.ts";
import { CommandError, unsupported } from "./errors.ts";
import { keyString } from "./key-string.ts";
import { aggregate, projected } from "./matching.ts";
import { type Doc, isDoc, leavesAt } from "./paths.ts";
import { planFor, type Search, search } from "./search.ts";
import { docOr } from "./wire.ts";

function found({ engine, db, body, transaction }: Request, name: unknown): Doc[] {
  const { filter, query, sort, skip, limit, hint, let: variables } = body;
  const wanted = { query: docOr(filter ?? query), sort: docOr(sort), hint, variables: docOr(variables) };
  const collection = engine.collection(db, name);
  return collection ? search(collection, { ...wanted, ...counts(skip, limit) }, transaction) : [];
}

function counts(skip: unknown = 0, limit: unknown = 0): Pick<Search, "skip" | "limit"> {
  if (Number(skip) < 0 || !Number.isInteger(Number(limit)))
    throw new CommandError(2, "skip and limit are whole numbers");
  return { skip: Number(skip), limit: Math.abs(Number(limit)) };
}

/** The first batch, and a cursor for what is left. */
export function firstBatch(engine: Engine, ns: string, docs: Doc[], body: Doc): Doc {
  const { batchSize = 101 } = docOr(body.cursor, body);
  const batch = batchOf(docs, Number(batchSize));
  const rest = body.singleBatch || Number(body.limit) < 0 ? [] : docs.slice(batch.length);
  const id = rest.length > 0 ? ++engine.cursorCount : 0;
  if (rest.length > 0) engine.cursors.set(id, { ns, docs: rest });
  return { cursor: { firstBatch: batch, id: BigInt(id), ns } };
}

function batchOf(docs: Doc[], size: number): Doc[] {
  const batch: Doc[] = [];
  let bytes = 0;
  for (const doc of docs.slice(0, size)) {
    bytes += calculateObjectSize(doc);
    if (batch.length > 0 && bytes > 16_000_000) break;
    batch.push(doc);
  }
  return batch;
}

function explained(request: Request): Doc {
  const { find, filter, sort, hint } = docOr(request.body.explain);
  if (find === undefined) throw unsupported("explain of anything but find");
  const collection = request.engine.collection(request.db, find);
  const plan = collection && planFor(collection, { query: docOr(filter), sort: docOr(sort), hint });
  const winningPlan = plan
    ? {
        stage: "FETCH",
        inputStage: { stage: "IXSCAN", indexName: plan.index.spec.name, keyPattern: plan.index.spec.key },
      }
    : { stage: "COLLSCAN" };
  return { queryPlanner: { namespace: `${request.db}.${find}`, winningPlan } };
}

export const readCommands: Record<string, Command> = {
  find: {
    fields: "filter sort projection hint skip limit batchSize singleBatch noCursorTimeout allowDiskUse let",
    transactional: true,
    run: (request) => {
      const { find, projection, filter } = request.body;
      const docs = projected(found(request, find), docOr(projection), docOr(filter));
      return firstBatch(request.engine, `${request.db}.${find}`, docs, request.body);
    },
  },
  aggregate: {
    fields: "pipeline cursor hint allowDiskUse let bypassDocumentValidation",
    transactional: true,
    run: (request) => {
      const { engine, db, body, transaction } = request;
      if (typeof body.aggregate !== "string") throw unsupported("aggregations on a whole database");
      const pipeline = Array.isArray(body.pipeline) ? body.pipeline : [];
      const [first, ...later] = pipeline;
      const query = isDoc(first) && isDoc(first.$match) ? first.$match : {};
      const docs = found({ ...request, body: { query, hint: body.hint, let: body.let } }, body.aggregate);
      const resolve = (name: string) => {
        const collection = engine.collection(db, name);
        return collection ? structuredDocs(search(collection, { query: {} }, transaction)) : [];
      };
      const stages = query === first?.$match ? later : pipeline;
      const results = aggregate(docs, stages, { variables: docOr(body.let), resolve });
      return firstBatch(engine, `${db}.${body.aggregate}`, results, body);
    },
  },
  count: {
    fields: "query limit skip hint",
    run: (request) => ({ n: found(request, request.body.count).length }),
  },
  distinct: {
    fields: "key query hint",
    transactional: true,
    run: (request) => {
      const docs = found(request, request.body.distinct);
      const values = docs.flatMap((doc) => leavesAt(doc, String(request.body.key)));
      const single = values.filter((value) => value !== undefined && !Array.isArray(value));
      return { values: [...new Map(single.map((value) => [keyString(value), value])).values()] };
    },
  },
  getMore: {
    fields: "collection batchSize",
    transactional: true,
    run: ({ engine, body }) => {
      const id = Number(body.getMore);
      const cursor = engine.cursors.get(id);
      if (!cursor) throw new CommandError(43, `cursor id ${id} not found`);
      const nextBatch = batchOf(cursor.docs, Number(body.batchSize ?? Number.POSITIVE_INFINITY));
      cursor.docs.splice(0, nextBatch.length);
      if (cursor.docs.length === 0) engine.cursors.delete(id);
      return { cursor: { nextBatch, id: BigInt(cursor.docs.length > 0 ? id : 0), ns: cursor.ns } };
    },
  },
  killCursors: {
    fields: "cursors",
    transactional: true,
    run: ({ engine, body }) => {
      const ids = Array.isArray(body.cursors) ? body.cursors : [];
      const cursorsKilled = ids.filter((id) => engine.cursors.delete(Number(id)));
      const cursorsNotFound = ids.filter((id) => !cursorsKilled.includes(id));
      return { cursorsKilled, cursorsNotFound, cursorsAlive: [], cursorsUnknown: [] };
    },
  },
  explain: { fields: "verbosity", run: explained },
};

// Later stages may change what they join; stored documents must not.
const structuredDocs = (docs: Doc[]) => aggregate(docs, []);
