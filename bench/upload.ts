import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { dist } from "../dev/build/entries.ts";
import { buildFunctions } from "../dev/build.ts";
import { startEnvironment } from "../dev/lambda/environment.ts";
import { startReplicaSet } from "../dev/mongo/replica-set.ts";
import { startLocalStack } from "../dev/stack/local-stack.ts";
import { posts } from "../lib/posting/post.ts";
import { serveLargeFile } from "./upload/large-file.ts";
import { postedVideo } from "./upload/posted-video.ts";

const usage = `Uploads a large video through the built publish-post, in a process of its own, while some portions fail, and
measures the most memory that process ever had.

  npm run bench:upload [-- --megabytes 200 --failing 0.1 --write]

--write puts the result into bench/results/upload.md.`;

const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "200" },
    failing: { type: "string", default: "0.1" },
    write: { type: "boolean", default: false },
    help: { type: "boolean", short: "h" },
  },
});

async function measure(megabytes: number, failing: number): Promise<string> {
  await buildFunctions();
  const replicaSet = await startReplicaSet({ say: console.log });
  const stack = await startLocalStack({ mongodbUri: replicaSet.uri, environment: { LOG_LEVEL: "WARN" } });
  const film = await serveLargeFile(megabytes);
  const queue = stack.aws.queue("posts");
  const { openId } = await postedVideo(stack, film.url);
  for (const fault of [{ drop: "before" }, { drop: "after" }, { status: 503 }, { status: 500, when: "after" }] as const)
    stack.tiktok.fault("upload", fault, { probability: 1 - (1 - failing) ** (1 / 4) });
  const worker = await startEnvironment({
    name: "publish-post",
    taskRoot: join(dist, "publish-post"),
    handler: "index.handler",
    env: { ...stack.environment, POSTS_QUEUE_URL: queue.url },
    timeoutMs: 900_000,
    memoryMb: 512,
    log: (line) => console.log(line),
  });
  const pid = await onlyChild();
  const startedAt = performance.now();
  for (let turns = 0; turns < 40; turns += 1) {
    const post = await posts(stack.db).findOne({ nextTurnAt: { $ne: null } });
    if (!post) break;
    const body = JSON.stringify({ postId: post._id.toHexString(), turn: post.turn });
    await worker.invoke({ Records: [{ messageId: "1", body }] });
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const peak = await peakMegabytes(pid);
  const [publish] = stack.tiktok.publishes(openId);
  const portions = stack.tiktok.calls.filter(({ endpoint }) => endpoint === "upload");
  const failed = portions.filter(({ fault }) => fault !== undefined).length;
  await worker.stop();
  await stack.stop();
  film.server.close();
  await replicaSet.stop();
  const isWhole = publish?.sha256 === film.sha256 && publish.status === "PUBLISH_COMPLETE";
  return table({ megabytes, seconds, peak, requests: portions.length, failed, isWhole });
}

const table = ({ megabytes, seconds, peak, requests, failed, isWhole }: Record<string, number | boolean>) =>
  [
    "| | |",
    "|---|---|",
    `| size of the video | ${megabytes} MB |`,
    `| arrived whole (SHA-256) and published | ${isWhole ? "yes" : "no"} |`,
    `| requests with a portion | ${requests}, of which ${failed} failed |`,
    `| time | ${Number(seconds).toFixed(1)} s |`,
    `| most memory of the process (VmHWM), Node and driver included | ${Number(peak).toFixed(0)} MB |`,
    "",
  ].join("\n");

/** The worker's process id, as Linux knows it. */
async function onlyChild(): Promise<number> {
  const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, "utf8");
  return Number(children.trim().split(" ").at(-1));
}

async function peakMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return (Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024) / 1e6;
}

if (values.help) {
  console.log(usage);
} else {
  const result = await measure(Number(values.megabytes), Number(values.failing));
  const command = `npm run bench:upload -- --megabytes ${values.megabytes} --failing ${values.failing}`;
  const report = `# Upload\n\n${new Date().toISOString().slice(0, 10)}, Node ${process.version}, \`${command}\`\n\n${result}`;
  console.log(report);
  if (values.write) {
    await mkdir(join(import.meta.dirname, "results"), { recursive: true });
    await writeFile(join(import.meta.dirname, "results", "upload.md"), report);
  }
  process.exit();
}
