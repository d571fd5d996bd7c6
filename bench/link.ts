import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { createIndexes } from "../commands/create-indexes.ts";
import { freshDatabase, startReplicaSet } from "../dev/mongo/replica-set.ts";
import { systemClock } from "../lib/clock.ts";
import { linkGrant } from "../lib/connect/link-grant.ts";
import { tokenCipher } from "../lib/crypto/token-cipher.ts";
import { mongoClient } from "../lib/mongo/client.ts";
import type { Database } from "../lib/mongo/connection.ts";
import { quietLog } from "../test/support/quiet-log.ts";
import { METADATA, type Pending, pendingLink } from "./link/pending.ts";
import { rawLink } from "./link/raw-link.ts";

const USAGE = `Measures link transactions beside the driver's withTransaction doing the same writes, in turns.

  npm run bench:link [-- --rounds 150 --write]

Use a real database by MONGODB_URI. --write puts the results into bench/results/link.md.
`;

const PER_ROUND = 10;
const AT_ONCE = [1, 5];

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "150" },
    write: { type: "boolean", default: false },
    help: { type: "boolean", short: "h" },
  },
});

type Link = (pending: Pending) => Promise<unknown>;

/** Milliseconds for these links, so many at a time. */
async function timed(pending: readonly Pending[], atOnce: number, link: Link): Promise<number> {
  const waiting = [...pending];
  const startedAt = performance.now();
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await link(next);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return performance.now() - startedAt;
}

async function compare(database: Database, atOnce: number, rounds: number): Promise<string> {
  const deps = {
    database,
    cipher: tokenCipher({ current: "k1", keys: { k1: randomBytes(32) } }),
    clock: systemClock,
    random: Math.random,
    log: quietLog().log,
    rules: { ownership: "shared" as const, maxAccountsPerUser: 50 },
  };
  const sides: Record<"ours" | "raw", Link> = {
    ours: ({ connection, grant }) => linkGrant(connection, grant, METADATA, deps),
    raw: (pending) => rawLink(pending, deps),
  };
  const took = { ours: 0, raw: 0 };
  for (let round = -2; round < rounds; round += 1)
    for (const side of round % 2 === 0 ? (["ours", "raw"] as const) : (["raw", "ours"] as const)) {
      const pending = await Promise.all(Array.from({ length: PER_ROUND }, () => pendingLink(database.db)));
      const milliseconds = await timed(pending, atOnce, sides[side]);
      if (round >= 0) took[side] += milliseconds;
    }
  const rate = (milliseconds: number) => ((rounds * PER_ROUND * 1000) / milliseconds).toFixed(0);
  return `| ${atOnce} | ${rate(took.ours)} | ${rate(took.raw)} | ${(took.raw / took.ours).toFixed(3)} |`;
}

if (values.help) process.stdout.write(USAGE);
else await run(Number(values.rounds));

async function run(rounds: number): Promise<void> {
  const replicaSet = await startReplicaSet({ say: console.log });
  const { uri, name, drop } = await freshDatabase(replicaSet.uri, "bench");
  const client = mongoClient(uri, { appName: name, maxPoolSize: 5 });
  const database = { client, db: client.db(name) };
  const rows: string[] = [];
  try {
    await createIndexes(database.db, "shared");
    for (const atOnce of AT_ONCE) rows.push(await compare(database, atOnce, rounds));
  } finally {
    await client.close();
    await drop();
    await replicaSet.stop();
  }
  const text = `# Linking

\`npm run bench:link -- --rounds ${rounds} --write\`, Node ${process.version}, MongoDB: ${replicaSet.origin}, ${cpus().length} CPUs, ${new Date().toISOString().slice(0, 10)}.

One transaction per link: account, reference, audit event, outcome of the state. The raw side is the driver's
\`withTransaction\` with the same four writes, of the same sealed tokens. ${rounds * PER_ROUND} links a side, in turns of ${PER_ROUND}.

| links at once | ours, a second | raw, a second | ours ÷ raw |
|--:|--:|--:|--:|
${rows.join("\n")}
`;
  console.log(text);
  if (!values.write) return;
  await mkdir(new URL("results/", import.meta.url), { recursive: true });
  await writeFile(new URL("results/link.md", import.meta.url), text);
}
