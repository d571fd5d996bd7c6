import { setTimeout as sleep } from "node:timers/promises";
import { catalogCommands } from "./catalog-commands.ts";
import type { Command, Engine } from "./engine.ts";
import { CommandError, codeName, labelsFor, unsupported } from "./errors.ts";
import { type Doc, isDoc } from "./paths.ts";
import { readCommands } from "./read-commands.ts";
import { serverCommands } from "./server-commands.ts";
import type { Transaction } from "./transaction.ts";
import { docOr } from "./wire.ts";
import { writeCommands } from "./write-commands.ts";

export interface Connection {
  readonly id: number;
  appName: unknown;
}

const commands = new Map(
  Object.entries<Command>({ ...readCommands, ...writeCommands, ...catalogCommands, ...serverCommands }),
);
const everywhere =
  /^(\$db|\$readPreference|\$clusterTime|lsid|txnNumber|stmtIds?|startTransaction|autocommit|readConcern|writeConcern|maxTimeMS|comment)$/;
const real =
  /^(collation|tailable|awaitData|min|max|returnKey|showRecordId|explain|capped|validator|viewOn|timeseries|apiVersion)$/;

/** Answers one command; "close" drops the connection instead, as a fail point may ask. */
export async function answer(engine: Engine, body: Doc, connection: Connection): Promise<Doc | "close"> {
  const [name = ""] = Object.keys(body);
  if (isDoc(body.client)) connection.appName = docOr(body.client.application).name;
  const fault = name === "configureFailPoint" ? undefined : engine.failPoints.take(name, connection.appName);
  if (fault?.blockConnection) await sleep(Number(fault.blockTimeMS));
  if (fault?.closeConnection) return "close";
  const context = {
    command: name,
    inTransaction: body.autocommit !== undefined,
    retryableWrite: body.txnNumber !== undefined,
  };
  if (fault?.errorCode !== undefined) {
    const failed = new CommandError(Number(fault.errorCode), "Failing command via 'failCommand' failpoint");
    return failure(failed, fault.errorLabels ?? labelsFor(failed.code, context));
  }
  const reply = await run(engine, name, body, connection).then(
    (fields): Doc => ({ ...fields, ok: 1 }),
    (error: unknown) => {
      const failed = error instanceof CommandError ? error : new CommandError(1, `Embedded engine: ${error}`);
      return failure(failed, labelsFor(failed.code, context));
    },
  );
  const writeConcernError = fault?.writeConcernError ?? unsatisfiable(body);
  if (!isDoc(writeConcernError)) return reply;
  const code = Number(writeConcernError.code);
  const labels = fault?.errorLabels ?? labelsFor(code, { ...context, inTransaction: false });
  return { ...reply, writeConcernError: { codeName: codeName(code), ...writeConcernError }, ...labelled(labels) };
}

async function run(engine: Engine, name: string, body: Doc, connection: Connection): Promise<Doc> {
  const command = commands.get(name);
  if (!command) throw new CommandError(59, `no such command: '${name}'`);
  const own = command.fields.split(" ");
  const foreign = Object.keys(body).find(
    (field) => command.fields !== "*" && field !== name && !own.includes(field) && !everywhere.test(field),
  );
  if (foreign && real.test(foreign)) throw unsupported(`${foreign} in ${name}`);
  if (foreign) throw new CommandError(40415, `BSON field '${name}.${foreign}' is an unknown field.`);
  const { level } = docOr(body.readConcern);
  if (level === "snapshot" && body.autocommit === undefined) throw unsupported("snapshot reads outside transactions");
  if (body.autocommit !== undefined && !command.transactional)
    throw new CommandError(263, `Cannot run '${name}' in a multi-document transaction.`);
  const transaction = engine.sessions.transactionOf(body);
  const deadline = Number(body.maxTimeMS ?? 0) > 0 ? Date.now() + Number(body.maxTimeMS) : Number.POSITIVE_INFINITY;
  const request = { engine, db: String(body.$db ?? "admin"), body, transaction, deadline, connectionId: connection.id };
  return engine.sessions.once(body, () => runOnce(command, request, transaction));
}

/** An error ends the transaction it happens in. */
async function runOnce(
  command: Command,
  request: Parameters<Command["run"]>[0],
  transaction?: Transaction,
): Promise<Doc> {
  let isDone = false;
  try {
    const reply = await command.run(request);
    isDone = true;
    return reply;
  } finally {
    if (!isDone) transaction?.end("aborted");
  }
}

function unsatisfiable(body: Doc): Doc | undefined {
  const { w } = docOr(body.writeConcern);
  if (typeof w !== "number" || w < 2) return undefined;
  return { code: 100, codeName: codeName(100), errmsg: "Not enough data-bearing nodes" };
}

const labelled = (labels: unknown): Doc => (Array.isArray(labels) && labels.length > 0 ? { errorLabels: labels } : {});

function failure(error: CommandError, labels: unknown): Doc {
  const { code, message, fields } = error;
  return { ok: 0, errmsg: message, code, codeName: codeName(code), ...fields, ...labelled(labels) };
}
