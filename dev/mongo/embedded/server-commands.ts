import type { Command, Engine, Request } from "./engine.ts";
import { CommandError } from "./errors.ts";

const hello = ({ engine, connectionId }: Request) => {
  const me = `127.0.0.1:${engine.port}`;
  return {
    ...{ helloOk: true, isWritablePrimary: true, ismaster: true, secondary: false, setName: "rs0", setVersion: 1 },
    ...{ hosts: [me], me, primary: me, maxBsonObjectSize: 16 * 1024 * 1024, maxMessageSizeBytes: 48_000_000 },
    ...{ maxWriteBatchSize: 100_000, localTime: new Date(), logicalSessionTimeoutMinutes: 30, connectionId },
    ...{ minWireVersion: 0, maxWireVersion: 21, readOnly: false },
  };
};

function setParameter(
  engine: Engine,
  { setParameter: _, transactionLifetimeLimitSeconds, ...others }: Record<string, unknown>,
) {
  const unknown = Object.keys(others).find((name) => !/^(\$|lsid$|writeConcern$|comment$)/.test(name));
  if (unknown) throw new CommandError(72, `attempted to set unrecognized parameter [${unknown}]`);
  engine.sessions.lifetimeSeconds = Number(transactionLifetimeLimitSeconds);
  return {};
}

export const serverCommands: Record<string, Command> = {
  hello: { fields: "*", run: hello },
  isMaster: { fields: "*", run: hello },
  ismaster: { fields: "*", run: hello },
  ping: { fields: "", run: () => ({}) },
  buildInfo: { fields: "", run: () => ({ version: "7.0.0", versionArray: [7, 0, 0, 0], modules: [], bits: 64 }) },
  serverStatus: {
    fields: "",
    run: ({ engine }) => ({
      version: "7.0.0",
      process: "embedded",
      transactions: { currentOpen: engine.history.open.size },
    }),
  },
  startSession: { fields: "", run: () => ({ timeoutMinutes: 30 }) },
  endSessions: {
    fields: "",
    run: ({ engine, body }) => {
      engine.sessions.end(body.endSessions);
      return {};
    },
  },
  commitTransaction: {
    fields: "recoveryToken",
    transactional: true,
    run: ({ transaction }) => {
      if (!transaction) throw new CommandError(125, "commitTransaction must be run within a transaction");
      if (transaction.state === "aborted") throw new CommandError(251, "Transaction has been aborted.");
      transaction.end("committed");
      return {};
    },
  },
  abortTransaction: {
    fields: "recoveryToken",
    transactional: true,
    run: ({ transaction }) => {
      if (!transaction || transaction.state === "aborted") throw new CommandError(251, "Transaction has been aborted.");
      if (transaction.state === "committed") throw new CommandError(256, "Transaction has been committed.");
      transaction.end("aborted");
      return {};
    },
  },
  configureFailPoint: {
    fields: "mode data",
    run: ({ engine, body }) => {
      engine.failPoints.configure(body);
      return {};
    },
  },
  setParameter: { fields: "transactionLifetimeLimitSeconds", run: ({ engine, body }) => setParameter(engine, body) },
};
