import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Bundle, bundle } from "./build/bundle.ts";
import { dist, functionEntries } from "./build/entries.ts";

const usage = `Bundles every function into dist/<function>/, each folder complete in itself.

  npm run build [-- --quiet]

  --quiet   say nothing unless it fails`;

export async function buildFunctions(): Promise<Bundle[]> {
  const entries = functionEntries();
  await mkdir(dist, { recursive: true });
  const stale = (await readdir(dist)).filter((folder) => !entries.some(({ name }) => name === folder));
  await Promise.all(stale.map((folder) => rm(join(dist, folder), { recursive: true })));
  return bundle(entries);
}

function table(bundles: Bundle[]): string {
  const kB = (bytes: number) => String(Math.ceil(bytes / 1000)).padStart(9);
  const row = ({ name, entryBytes, totalBytes, zipBytes }: Bundle) =>
    `${name.padEnd(20)}${kB(entryBytes)}${kB(totalBytes)}${kB(zipBytes)}`;
  return [`${"function".padEnd(20)} entry kB total kB   zip kB`, ...bundles.map(row)].join("\n");
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { quiet: { type: "boolean" }, help: { type: "boolean", short: "h" } } });
  if (values.help) {
    console.log(usage);
  } else {
    const bundles = await buildFunctions().catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exit(1);
    });
    if (!values.quiet) console.log(table(bundles));
  }
}
