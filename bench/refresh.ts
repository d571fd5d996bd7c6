import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { startReplicaSet } from "../dev/mongo/replica-set.ts";
import { type ClaimTimes, claimTimes } from "./refresh/claim-time.ts";
import { IN_FLIGHT, LATENCY_MS, throughput } from "./refresh/throughput.ts";

const USAGE = `Measures one refresh worker against a TikTok that takes ${LATENCY_MS} ms, and claiming among few and many accounts.

  npm run bench:refresh [-- --accounts 3000 --documents 10000,1000000 --rounds 30 --write]

Use a real database by MONGODB_URI. --write puts the results into bench/results/refresh.md.
`;

const { values } = parseArgs({
  options: {
    accounts: { type: "string", default: "3000" },
    documents: { type: "string", default: "10000,1000000" },
    rounds: { type: "string", default: "30" },
    write: { type: "boolean", default: false },
    help: { type: "boolean", short: "h" },
  },
});
const at = (sorted: readonly number[], share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;

const row = ({ documents, fewDue, allDue }: ClaimTimes): string =>
  `| ${documents} | ${[fewDue, allDue].map((sorted) => `${at(sorted, 0.5).toFixed(1)} (${at(sorted, 0.9).toFixed(1)})`).join(" | ")} |`;

const ratio = (times: readonly ClaimTimes[], field: "fewDue" | "allDue"): string => {
  const medians = times.map((time) => at(time[field], 0.5));
  return ((medians.at(-1) ?? 0) / (medians[0] ?? 1)).toFixed(2);
};

if (values.help) process.stdout.write(USAGE);
else await run();

async function run(): Promise<void> {
  const replicaSet = await startReplicaSet({ say: console.log });
  const { accounts, tookMs, idealMs, commandsPerAccount } = await throughput(replicaSet.uri, Number(values.accounts));
  const rate = (milliseconds: number) => ((accounts * 1000) / milliseconds).toFixed(0);
  console.log(`${rate(tookMs)} a second, ${commandsPerAccount.toFixed(3)} commands per account`);
  const sizes = values.documents.split(",").map(Number);
  const times = await claimTimes(replicaSet.uri, sizes, Number(values.rounds), console.log);
  await replicaSet.stop();

  const text = `# Refreshing

\`npm run bench:refresh -- --accounts ${values.accounts} --documents ${values.documents} --rounds ${values.rounds} --write\`, Node
${process.version}, MongoDB: ${replicaSet.origin}, ${cpus().length} CPUs, ${new Date().toISOString().slice(0, 10)}. Worker, fake TikTok and database share the machine.

One worker process, TikTok takes ${LATENCY_MS} ms, ${IN_FLIGHT} in flight, ${accounts} accounts due:

| | a second | share of the ideal | database commands per account |
|---|--:|--:|--:|
| ideal: nothing but TikTok takes time | ${rate(idealMs)} | 100 % | |
| the worker | ${rate(tookMs)} | ${((100 * idealMs) / tookMs).toFixed(1)} % | ${commandsPerAccount.toFixed(3)} |

Leasing 200 accounts, in turns, ${values.rounds} rounds, median (and 90 %) in milliseconds:

| accounts | 200 of them due | all of them due |
|--:|--:|--:|
${times.map(row).join("\n")}
| last ÷ first | ${ratio(times, "fewDue")} | ${ratio(times, "allDue")} |

An engine that does not read the refresh queue's index in its order has to sort whatever is due: the second column shows it.
`;
  console.log(text);
  if (!values.write) return;
  await mkdir(new URL("results/", import.meta.url), { recursive: true });
  await writeFile(new URL("results/refresh.md", import.meta.url), text);
}
