import { CommandError } from "../language/errors.ts";
import type { Command, Request } from "./engine.ts";
import { configureFailPoint } from "./fail-points.ts";

function hello({ engine, connectionId }: Request) {
  const me = `127.0.0.1:${engine.port}`;
  const limits = { maxBsonObjectSize: 16 * 1024 * 1024, maxMessageSizeBytes: 48_000_000, maxWriteBatchSize: 100_000 };
  const member = { setName: "rs0", setVersion: 1, hosts: [me], me, primary: me, secondary: false };
  const versions = { minWireVersion: 0, maxWireVersion: 21, logicalSessionTimeoutMinutes: 30 };
  const state = { helloOk: true, isWritablePrimary: true, ismaster: true, readOnly: false, localTime: new Date() };
  return { ...state, ...member, ...limits, ...versions, connectionId };
}

function end({ transaction }: Request, state: "committed" | "aborted"): undefined {
  if (!transaction) throw new CommandError(125, "This must be run within a transaction");
  if (transaction.state === "committed" && state === "aborted")
    throw new CommandError(256, "Transaction has been committed.");
  transaction.end(state);
}

export const serverCommands: Record<string, Command> = {
  hello: { fields: "*", run: hello },
  isMaster: { fields: "*", run: hello },
  ismaster: { fields: "*", run: hello },
  ping: { fields: "", run: () => undefined },
  buildInfo: { fields: "", run: () => ({ version: "7.0.0", versionArray: [7, 0, 0, 0], modules: [], bits: 64 }) },
  serverStatus: {
    fields: "",
    run: ({ engine }) => ({ version: "7.0.0", transactions: { currentOpen: engine.open.size } }),
  },
  startSession: { fields: "", run: () => ({ timeoutMinutes: 30 }) },
  endSessions: { fields: "", run: ({ engine, body }) => engine.sessions.end(body.endSessions) },
  commitTransaction: { fields: "recoveryToken", isTransactional: true, run: (request) => end(request, "committed") },
  abortTransaction: { fields: "recoveryToken", isTransactional: true, run: (request) => end(request, "aborted") },
  configureFailPoint: { fields: "mode data", run: ({ engine, body }) => configureFailPoint(engine, body) },
};
