import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { startReplicaSet } from "../../dev/mongo/replica-set.ts";
import { startTokenWorld, type TokenWorld } from "../support/token-world.ts";
import { cycles, type Regime } from "./cycles.ts";
import { outage } from "./outage.ts";

const USAGE = `Months of refreshing in virtual time, against the strict fake TikTok.

  npm run test:soak [-- --write]

--write puts the results into bench/results/soak.md. Exits 1 when an account is lost or the recovery is a stampede.
`;

const REGIMES: readonly Regime[] = ["2h", "24h", "2h, then 24h", "24h, then 2h"];
const OUTAGE = { accounts: 600, steadyHours: 6, outageHours: 3, recoveryHours: 6 };

const { values } = parseArgs({
  options: { write: { type: "boolean", default: false }, help: { type: "boolean", short: "h" } },
});
if (values.help) process.stdout.write(USAGE);
else await run();

async function run(): Promise<void> {
  const replicaSet = await startReplicaSet({ say: console.log });
  const inWorld = async <Result>(work: (world: TokenWorld) => Promise<Result>): Promise<Result> => {
    const world = await startTokenWorld({ mongodbUri: replicaSet.uri });
    return work(world).finally(() => world.stop());
  };
  const rows: string[] = [];
  let failed = false;
  for (const regime of REGIMES) {
    const { lost, refreshed, failures, runs, days } = await inWorld((world) =>
      cycles(world, { accounts: 50, times: 200, regime }),
    );
    failed ||= lost > 0;
    rows.push(`| ${regime} | ${refreshed} | ${failures} | ${runs} | ${days.toFixed(0)} | ${lost} |`);
    console.log(rows.at(-1));
  }
  const { steady, peak, disconnected, refreshedAfter } = await inWorld((world) => outage(world, OUTAGE));
  failed ||= disconnected > 0 || peak > 2 * steady;
  await replicaSet.stop();

  const text = `# Months of refreshing in virtual time

\`npm run test:soak -- --write\`, Node ${process.version}, MongoDB: ${replicaSet.origin}, ${new Date().toISOString().slice(0, 10)}.

50 accounts, each refreshed 200 times or more by the schedule alone; 20 % of the requests fail before TikTok acts (cut, 503, 429, 500).

| TikTok's lifetimes | refreshed | failed requests | runs | virtual days | accounts lost |
|---|--:|--:|--:|--:|--:|
${rows.join("\n")}

${OUTAGE.outageHours} hours without TikTok, ${OUTAGE.accounts} accounts with tokens of 2 hours, a run every 5 minutes: ${disconnected} disconnected, ${refreshedAfter}
refreshes in the ${OUTAGE.recoveryHours} hours after. Refreshes per run: ${steady.toFixed(1)} before, at most ${peak} after, ${(peak / steady).toFixed(2)} times as many.
`;
  console.log(text);
  if (values.write) await writeFile(new URL("../../bench/results/soak.md", import.meta.url), text);
  if (failed) process.exitCode = 1;
}
