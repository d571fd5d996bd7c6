import { calculateObjectSize, ObjectId } from "bson";
import type { Collection } from "./collection.ts";
import type { Command, Request } from "./engine.ts";
import { CommandError } from "./errors.ts";
import { projected } from "./matching.ts";
import { type Doc, isDoc } from "./paths.ts";
import { search } from "./search.ts";
import { patiently } from "./transaction.ts";
import { compiledUpdate } from "./update.ts";
import { docOr } from "./wire.ts";

/** Runs the statements of a write in order; a failed one becomes a write error, and ends an ordered write. */
async function statements(
  request: Request,
  list: unknown,
  run: (statement: Doc, at: number) => Promise<void>,
): Promise<Doc> {
  const writeErrors: Doc[] = [];
  for (const [index, statement] of (Array.isArray(list) ? list : []).entries()) {
    try {
      await run(statement, index);
    } catch (error) {
      if (!(error instanceof CommandError) || error.code === 112 || error.code === 50) throw error;
      writeErrors.push({ index, code: error.code, errmsg: error.message, ...error.fields });
      request.transaction?.end("aborted");
      if (request.body.ordered !== false || request.transaction) break;
    }
  }
  return writeErrors.length > 0 ? { writeErrors } : {};
}

function stored(doc: Doc): Doc {
  const { _id = new ObjectId(), ...fields } = doc;
  if (Array.isArray(_id) || _id instanceof RegExp)
    throw new CommandError(53, "The '_id' value cannot be an array or a regex");
  if (calculateObjectSize(doc) > 16 * 1024 * 1024) throw new CommandError(10334, "object to insert too large");
  return { _id, ...fields };
}

interface Updated {
  n: number;
  modified: number;
  upserted?: Doc;
  before?: Doc;
  after?: Doc;
}

/** Updates what matches, document by document; what an earlier attempt has done before it had to wait stays done. */
function updateStatement(request: Request, collection: Collection, statement: Doc): Promise<Updated> {
  const { u, multi, upsert, arrayFilters, sort, hint, c } = statement;
  const query = docOr(statement.q);
  const variables = { ...docOr(request.body.let), ...docOr(c) };
  const update = compiledUpdate({ query, change: u, multi: Boolean(multi), arrayFilters, variables });
  const wanted = { query, sort: docOr(sort), hint, variables, limit: multi ? 0 : 1 };
  const result: Updated = { n: 0, modified: 0 };
  const done = new Set<unknown>();
  const attempt = () => {
    for (const before of search(collection, wanted, request.transaction)) {
      if (done.has(String(before._id))) continue;
      const after = update.apply(before);
      if (after !== before) collection.replace(before, stored(after), request.transaction);
      done.add(String(before._id));
      Object.assign(result, { n: result.n + 1, modified: result.modified + Number(after !== before), before, after });
    }
    if (result.n > 0 || !upsert) return result;
    const after = stored(update.upserted());
    collection.insert(after, request.transaction);
    return { n: 1, modified: 0, upserted: after, after };
  };
  return patiently(attempt, request.deadline);
}

function deleteStatement(request: Request, collection: Collection, { q, limit, hint, sort }: Doc): Promise<Doc[]> {
  const deleted: Doc[] = [];
  const wanted = { query: docOr(q), hint, sort: docOr(sort), limit: Number(limit), variables: docOr(request.body.let) };
  const attempt = () => {
    if (wanted.limit > 0 && deleted.length >= wanted.limit) return deleted;
    for (const doc of search(collection, wanted, request.transaction)) {
      collection.replace(doc, undefined, request.transaction);
      deleted.push(doc);
    }
    return deleted;
  };
  return patiently(attempt, request.deadline);
}

export const writeCommands: Record<string, Command> = {
  insert: {
    fields: "documents ordered bypassDocumentValidation",
    transactional: true,
    run: async (request) => {
      const collection = request.engine.ensureCollection(request.db, request.body.insert);
      let n = 0;
      const errors = await statements(request, request.body.documents, async (doc) => {
        await patiently(() => collection.insert(stored(doc), request.transaction), request.deadline);
        n++;
      });
      return { n, ...errors };
    },
  },
  update: {
    fields: "updates ordered let bypassDocumentValidation",
    transactional: true,
    run: async (request) => {
      const collection = request.engine.ensureCollection(request.db, request.body.update);
      const reply = { n: 0, nModified: 0 };
      const upserted: Doc[] = [];
      const errors = await statements(request, request.body.updates, async (statement, index) => {
        assertFields("update.updates", statement, /^(q|u|c|multi|upsert|arrayFilters|hint|sort)$/);
        const result = await updateStatement(request, collection, statement);
        reply.n += result.n;
        reply.nModified += result.modified;
        if (result.upserted) upserted.push({ index, _id: result.upserted._id });
      });
      return { ...reply, ...(upserted.length > 0 ? { upserted } : {}), ...errors };
    },
  },
  delete: {
    fields: "deletes ordered let",
    transactional: true,
    run: async (request) => {
      const collection = request.engine.ensureCollection(request.db, request.body.delete);
      let n = 0;
      const errors = await statements(request, request.body.deletes, async (statement) => {
        assertFields("delete.deletes", statement, /^(q|limit|hint)$/);
        n += (await deleteStatement(request, collection, statement)).length;
      });
      return { n, ...errors };
    },
  },
  findAndModify: {
    fields: "query sort remove update new fields upsert arrayFilters hint let bypassDocumentValidation",
    transactional: true,
    run: async (request) => {
      const { body } = request;
      const { query: q, sort, remove, update: u, upsert, arrayFilters, hint, fields } = body;
      if (Boolean(remove) === (u !== undefined))
        throw new CommandError(9, "Either an update or remove=true must be specified");
      const collection = request.engine.ensureCollection(request.db, body.findAndModify);
      const shown = (doc: Doc | undefined) => (doc ? projected([doc], docOr(fields), docOr(q))[0] : null);
      if (remove) {
        const [doc] = await deleteStatement(request, collection, { q, sort, hint, limit: 1 });
        return { lastErrorObject: { n: doc ? 1 : 0 }, value: shown(doc) };
      }
      const result = await updateStatement(request, collection, { q, u, sort, upsert, arrayFilters, hint });
      const { n, upserted, before, after } = result;
      const lastErrorObject = { n, updatedExisting: before !== undefined, ...(upserted && { upserted: upserted._id }) };
      return { lastErrorObject, value: shown(body.new ? after : before) };
    },
  },
};

function assertFields(at: string, statement: unknown, known: RegExp): void {
  const unknown = Object.keys(isDoc(statement) ? statement : {}).find((name) => !known.test(name));
  if (unknown) throw new CommandError(40415, `BSON field '${at}.${unknown}' is an unknown field.`);
}
