import { calculateObjectSize } from "bson";
import { CommandError, unsupported } from "../language/errors.ts";
import { keyString } from "../language/key-string.ts";
import { aggregate, projected } from "../language/matching.ts";
import { type Doc, docOr, leavesAt } from "../language/paths.ts";
import type { Command, Engine, Request } from "./engine.ts";
import { search } from "./search.ts";

function selected({ engine, db, name, body, transaction }: Request): Doc[] {
  const { skip = 0, limit = 0, hint } = body;
  if (Number(skip) < 0) throw new CommandError(51024, "BSON field 'skip' value must be >= 0");
  const counts = { skip: Number(skip), limit: Math.abs(Number(limit)) };
  const query = docOr(body.filter ?? body.query);
  const wanted = { query, sort: docOr(body.sort), hint, variables: docOr(body.let), ...counts };
  return search(engine.collection(db, body[name]), wanted, transaction);
}

/** The first batch, and a cursor for what is left. */
export function firstBatch(
  engine: Engine,
  ns: string,
  docs: Doc[],
  { cursor, batchSize, singleBatch, limit }: Doc,
): Doc {
  const firstBatch = batchOf(docs, Number(docOr(cursor).batchSize ?? batchSize ?? 101));
  const rest = singleBatch || Number(limit) < 0 ? [] : docs.slice(firstBatch.length);
  const id = rest.length > 0 ? ++engine.cursorCount : 0;
  if (id > 0) engine.cursors.set(id, { ns, docs: rest });
  return { cursor: { firstBatch, id: BigInt(id), ns } };
}

function batchOf(docs: Doc[], size: number): Doc[] {
  let room = 16_000_000;
  return docs.slice(0, size).filter((doc, at) => {
    room -= calculateObjectSize(doc);
    return at === 0 || room > 0;
  });
}

function getMore({ engine, body }: Request): Doc {
  const id = Number(body.getMore);
  const cursor = engine.cursors.get(id);
  if (!cursor) throw new CommandError(43, `cursor id ${id} not found`);
  const nextBatch = cursor.docs.splice(
    0,
    batchOf(cursor.docs, Number(body.batchSize ?? Number.POSITIVE_INFINITY)).length,
  );
  if (cursor.docs.length === 0) engine.cursors.delete(id);
  return { cursor: { nextBatch, id: BigInt(cursor.docs.length > 0 ? id : 0), ns: cursor.ns } };
}

function aggregated(request: Request): Doc {
  const { engine, db, body, transaction } = request;
  if (typeof body.aggregate !== "string") throw unsupported("aggregations on a whole database");
  const pipeline = [body.pipeline ?? []].flat().map(docOr);
  const filter = pipeline[0]?.$match;
  const docs = selected({ ...request, body: { ...body, filter } });
  // Later stages may change what they join; stored documents must not.
  const collectionResolver = (name: string) =>
    aggregate(search(engine.collection(db, name), { query: {} }, transaction), []);
  const results = aggregate(docs, filter ? pipeline.slice(1) : pipeline, {
    variables: docOr(body.let),
    collectionResolver,
  });
  return firstBatch(engine, `${db}.${body.aggregate}`, results, body);
}

function distinct(request: Request): Doc {
  const leaves = selected(request).flatMap((doc) => leavesAt(doc, String(request.body.key)));
  const values = leaves.filter((value) => value !== undefined && !Array.isArray(value));
  return { values: [...new Map(values.map((value) => [keyString(value), value])).values()] };
}

export const readCommands: Record<string, Command> = {
  find: {
    fields: "filter sort projection hint skip limit batchSize singleBatch noCursorTimeout allowDiskUse let",
    isTransactional: true,
    run: (request) => {
      const { engine, db, body } = request;
      return firstBatch(engine, `${db}.${body.find}`, projected(selected(request), docOr(body.projection)), body);
    },
  },
  aggregate: {
    fields: "pipeline cursor hint allowDiskUse let bypassDocumentValidation",
    isTransactional: true,
    run: aggregated,
  },
  count: { fields: "query limit skip hint", run: (request) => ({ n: selected(request).length }) },
  distinct: { fields: "key query hint", isTransactional: true, run: distinct },
  getMore: { fields: "collection batchSize", isTransactional: true, run: getMore },
  killCursors: {
    fields: "cursors",
    isTransactional: true,
    run: ({ engine, body }) => {
      const cursorsKilled = [body.cursors].flat().filter((id) => engine.cursors.delete(Number(id)));
      return { cursorsKilled, cursorsNotFound: [], cursorsAlive: [], cursorsUnknown: [] };
    },
  },
};
