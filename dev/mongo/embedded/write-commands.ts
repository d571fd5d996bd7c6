import { calculateObjectSize, ObjectId } from "bson";
import { CommandError } from "../language/errors.ts";
import { keyString } from "../language/key-string.ts";
import { projected } from "../language/matching.ts";
import { type Doc, docOr } from "../language/paths.ts";
import { compiledUpdate } from "../language/update.ts";
import type { Collection } from "./collection.ts";
import type { Command, Request } from "./engine.ts";
import { search } from "./search.ts";
import { patiently } from "./transaction.ts";

interface Job {
  readonly request: Request;
  readonly collection: Collection;
}

/** Runs a write's statements one by one; a failed one becomes a write error, and ends an ordered write. */
async function statements(
  request: Request,
  list: unknown,
  run: (job: Job, statement: Doc, at: number) => Promise<void>,
) {
  const collection = request.engine.ensureCollection(request.db, request.body[request.name]);
  const writeErrors: Doc[] = [];
  for (const [index, statement] of [list ?? []].flat().map(docOr).entries()) {
    try {
      await run({ request, collection }, statement, index);
    } catch (error) {
      if (!(error instanceof CommandError) || error.code === 112 || error.code === 50) throw error;
      writeErrors.push({ index, code: error.code, errmsg: error.message, ...error.fields });
      request.transaction?.end("aborted");
      if (request.body.ordered !== false || request.transaction) break;
    }
  }
  return writeErrors.length > 0 ? { writeErrors } : {};
}

function storable({ _id = new ObjectId(), ...fields }: Doc): Doc {
  const doc = { _id, ...fields };
  if (Array.isArray(_id) || _id instanceof RegExp)
    throw new CommandError(53, "The '_id' value cannot be a list or a pattern");
  if (calculateObjectSize(doc) > 16 * 1024 * 1024) throw new CommandError(10334, "object to insert too large");
  return doc;
}

interface Updated {
  n: number;
  nModified: number;
  upserted?: Doc;
  before?: Doc;
  after?: Doc;
}

/** Updates what matches, document by document; what was done before the statement had to wait stays done. */
function updated({ request, collection }: Job, statement: Doc): Promise<Updated> {
  const { q, u, c, multi, upsert, sort, hint } = statement;
  const query = docOr(q);
  const variables = { ...docOr(request.body.let), ...docOr(c) };
  const update = compiledUpdate(u, Boolean(multi), variables);
  const result: Updated = { n: 0, nModified: 0 };
  const done = new Set<string>();
  const attempt = () => {
    for (const before of search(
      collection,
      { query, sort: docOr(sort), hint, variables, limit: multi ? 0 : 1 },
      request.transaction,
    )) {
      if (done.has(keyString(before._id))) continue;
      const after = update.apply(before);
      if (after !== before) collection.write(before, storable(after), request.transaction);
      done.add(keyString(before._id));
      Object.assign(result, { n: result.n + 1, nModified: result.nModified + Number(after !== before), before, after });
    }
    if (result.n > 0 || !upsert) return result;
    const after = storable(update.upserted(query));
    collection.write(undefined, after, request.transaction);
    return { n: 1, nModified: 0, upserted: after, after };
  };
  return patiently(attempt, request.deadline);
}

function deleted({ request, collection }: Job, { q, limit, hint, sort }: Doc): Promise<Doc[]> {
  const gone: Doc[] = [];
  const wanted = { query: docOr(q), hint, sort: docOr(sort), limit: Number(limit), variables: docOr(request.body.let) };
  const attempt = () => {
    for (const doc of search(collection, wanted, request.transaction)) {
      collection.write(doc, undefined, request.transaction);
      gone.push(doc);
    }
    return gone;
  };
  return patiently(attempt, request.deadline);
}

async function findAndModify(request: Request): Promise<Doc> {
  const { query: q, sort, remove, update: u, upsert, hint, fields, new: wantsNew } = request.body;
  if (Boolean(remove) === (u !== undefined))
    throw new CommandError(9, "Either an update or remove=true must be specified");
  const job = { request, collection: request.engine.ensureCollection(request.db, request.body.findAndModify) };
  const shown = (doc: Doc | undefined) => (doc ? projected([doc], docOr(fields))[0] : null);
  if (remove) {
    const [doc] = await deleted(job, { q, sort, hint, limit: 1 });
    return { lastErrorObject: { n: doc ? 1 : 0 }, value: shown(doc) };
  }
  const { n, upserted, before, after } = await updated(job, { q, u, sort, upsert, hint });
  const lastErrorObject = { n, updatedExisting: before !== undefined, upserted: upserted?._id };
  return { lastErrorObject, value: shown(wantsNew ? after : before) };
}

function assertFields(statement: Doc, known: RegExp): void {
  const unknown = Object.keys(statement).find((name) => !known.test(name));
  if (unknown) throw new CommandError(40415, `BSON field '${unknown}' is an unknown field of a statement here.`);
}

export const writeCommands: Record<string, Command> = {
  insert: {
    fields: "documents ordered bypassDocumentValidation",
    isTransactional: true,
    run: async (request) => {
      let n = 0;
      const errors = await statements(request, request.body.documents, async ({ collection }, doc) => {
        await patiently(() => collection.write(undefined, storable(doc), request.transaction), request.deadline);
        n++;
      });
      return { n, ...errors };
    },
  },
  update: {
    fields: "updates ordered let bypassDocumentValidation",
    isTransactional: true,
    run: async (request) => {
      const reply = { n: 0, nModified: 0 };
      const upserted: Doc[] = [];
      const errors = await statements(request, request.body.updates, async (job, statement, index) => {
        assertFields(statement, /^(q|u|c|multi|upsert|hint|sort)$/);
        const result = await updated(job, statement);
        reply.n += result.n;
        reply.nModified += result.nModified;
        if (result.upserted) upserted.push({ index, _id: result.upserted._id });
      });
      return { ...reply, upserted: upserted.length > 0 ? upserted : undefined, ...errors };
    },
  },
  delete: {
    fields: "deletes ordered let",
    isTransactional: true,
    run: async (request) => {
      let n = 0;
      const errors = await statements(request, request.body.deletes, async (job, statement) => {
        assertFields(statement, /^(q|limit|hint)$/);
        n += (await deleted(job, statement)).length;
      });
      return { n, ...errors };
    },
  },
  findAndModify: {
    fields: "query sort remove update new fields upsert hint let bypassDocumentValidation",
    isTransactional: true,
    run: findAndModify,
  },
};
