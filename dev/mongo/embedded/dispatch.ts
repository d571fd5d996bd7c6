import { setTimeout as sleep } from "node:timers/promises";
import { CommandError, codeName, labelsFor, unsupported } from "../language/errors.ts";
import { type Doc, docOr, isDoc } from "../language/paths.ts";
import { catalogCommands } from "./catalog-commands.ts";
import type { Command, Engine } from "./engine.ts";
import { faultFor } from "./fail-points.ts";
import { readCommands } from "./read-commands.ts";
import { serverCommands } from "./server-commands.ts";
import { writeCommands } from "./write-commands.ts";

export interface Connection {
  readonly id: number;
  appName: unknown;
}

const commands = new Map<string, Command>(
  Object.entries({ ...readCommands, ...writeCommands, ...catalogCommands, ...serverCommands }),
);
const everywhere =
  /^(\$db|\$readPreference|\$clusterTime|lsid|txnNumber|stmtIds?|startTransaction|autocommit|readConcern|writeConcern|maxTimeMS|comment)$/;
const elsewhere =
  /^(collation|tailable|awaitData|min|max|returnKey|showRecordId|explain|arrayFilters|capped|validator|viewOn|timeseries|apiVersion)$/;

/** Answers one command; "close" drops the connection instead, as the fail point may ask. */
export async function answer(engine: Engine, body: Doc, connection: Connection): Promise<Doc | "close"> {
  const [name = ""] = Object.keys(body);
  if (isDoc(body.client)) connection.appName = docOr(body.client.application).name;
  const fault = name === "configureFailPoint" ? {} : faultFor(engine, name, connection.appName);
  if (fault.blockConnection) await sleep(Number(fault.blockTimeMS));
  if (fault.closeConnection) return "close";
  const failed = (error: unknown, labels?: unknown) =>
    failure(error, (code) => labels ?? labelsFor(code, { name, body }));
  if (fault.errorCode !== undefined) {
    const error = new CommandError(Number(fault.errorCode), "Failing command via 'failCommand' failpoint");
    return failed(error, fault.errorLabels);
  }
  const reply = await run(engine, name, body, connection).then((fields): Doc => ({ ...fields, ok: 1 }), failed);
  const writeConcernError = isDoc(fault.writeConcernError) ? fault.writeConcernError : unsatisfiable(body);
  if (!writeConcernError) return reply;
  const code = Number(writeConcernError.code);
  const errorLabels = fault.errorLabels ?? labelsFor(code, { name, body: { txnNumber: body.txnNumber } });
  return { ...reply, writeConcernError: { codeName: codeName(code), ...writeConcernError }, errorLabels };
}

async function run(engine: Engine, name: string, body: Doc, connection: Connection): Promise<Doc> {
  const command = commands.get(name);
  if (!command) throw new CommandError(59, `no such command: '${name}'`);
  const own = [name, ...command.fields.split(" ")];
  const foreign = Object.keys(body).find((field) => !own.includes(field) && !everywhere.test(field));
  if (foreign && command.fields !== "*") {
    if (elsewhere.test(foreign)) throw unsupported(`${foreign} in ${name}`);
    throw new CommandError(40415, `BSON field '${name}.${foreign}' is an unknown field.`);
  }
  if (docOr(body.readConcern).level === "snapshot" && body.autocommit === undefined)
    throw unsupported("snapshot reads outside transactions");
  if (body.autocommit !== undefined && !command.isTransactional)
    throw new CommandError(263, `Cannot run '${name}' in a multi-document transaction.`);
  const transaction = engine.sessions.transactionOf(name, body);
  const deadline = Number(body.maxTimeMS) > 0 ? Date.now() + Number(body.maxTimeMS) : Number.POSITIVE_INFINITY;
  const request = { engine, name, body, transaction, deadline, db: String(body.$db), connectionId: connection.id };
  return engine.sessions.once(body, async () => {
    try {
      return (await command.run(request)) ?? {};
    } catch (error) {
      transaction?.end("aborted");
      throw error;
    }
  });
}

function unsatisfiable({ writeConcern }: Doc): Doc | undefined {
  const { w } = docOr(writeConcern);
  return typeof w === "number" && w > 1 ? { code: 100, errmsg: "Not enough data-bearing nodes" } : undefined;
}

function failure(error: unknown, labels: (code: number) => unknown): Doc {
  const { code, message, fields } =
    error instanceof CommandError ? error : new CommandError(1, `Embedded engine: ${error}`);
  return { ok: 0, errmsg: message, code, codeName: codeName(code), ...fields, errorLabels: labels(code) };
}
