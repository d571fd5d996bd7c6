import type { Document } from "mongodb";
import type { Env } from "../../lib/config/env.ts";
import type { Connection, Database } from "../../lib/mongo/connection.ts";
import { isLoginRefused } from "../../lib/mongo/errors.ts";
import { describeError } from "../../lib/observability/describe-error.ts";
import { contentFindings } from "./database-content.ts";
import { indexFindings } from "./database-indexes.ts";
import { permissionFindings } from "./database-permissions.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

const CHECK = "database";
const FAR_MS = 50;

/** Whether the database can be reached, run transactions, be written to, and has its indexes. */
export const databaseFindings = (mongo: Connection, env: Env): Promise<Finding[]> =>
  mongo.use((database) => inspect(database, env)).catch((error: unknown) => [unreachable(error)]);

async function inspect(database: Database, { ACCOUNT_OWNERSHIP }: Env): Promise<Finding[]> {
  const { db } = database;
  const topology = topologyFinding(await db.command({ hello: 1 }));
  const latency = latencyFinding(db.databaseName, await pingMs(database));
  if (topology.level === "problem") return [topology, latency];
  return [
    topology,
    latency,
    ...(await permissionFindings(database)),
    ...(await indexFindings(db, ACCOUNT_OWNERSHIP)),
    ...(await contentFindings(db)),
  ];
}

export function topologyFinding({ setName, msg }: Document): Finding {
  if (msg === "isdbgrid") return ok(CHECK, "A sharded cluster: it has transactions.");
  if (typeof setName === "string") return ok(CHECK, `The replica set ${setName}: it has transactions.`);
  return problem(
    CHECK,
    "It is a single server, which has no transactions.",
    "use Atlas, or start mongod with --replSet and run rs.initiate()",
  );
}

export function latencyFinding(name: string, ms: number): Finding {
  const sentence = `Database ${name} answers in ${ms.toFixed(1)} ms from here.`;
  if (ms < FAR_MS) return ok(CHECK, sentence);
  return warning(CHECK, sentence, "from Lambda it should be below 5 ms: deploy to the cluster's own region");
}

async function pingMs({ db }: Database): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now();
    await db.command({ ping: 1 });
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[2] ?? 0;
}

function unreachable(error: unknown): Finding {
  if (isLoginRefused(error))
    return problem(CHECK, "MongoDB refuses the login.", "npm run secrets -- put mongodbUri, with a user that exists");
  const { name, message } = describeError(error);
  // what the driver says about a connection string may quote its password
  if (!FROM_THE_SERVER.test(name))
    return problem(CHECK, `The connection string cannot be used: ${name}.`, "npm run secrets -- put mongodbUri");
  return problem(
    CHECK,
    `It cannot be used: ${name}: ${message}`,
    "look at the host name and at Atlas's network access list: it has to let in Lambda's address and yours",
  );
}

const FROM_THE_SERVER = /^MongoServer|^MongoNetwork/;
