import { watch } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { bundle } from "../build/bundle.ts";
import { type Entry, functionEntries, repository } from "../build/entries.ts";

const SOURCES = ["functions", "lib"];
const SETTLED_MS = 150;

export interface RebuildOptions {
  readonly say: (line: string) => void;
  readonly rebuilt: (functionName: string) => void;
}

/** Bundles a function again when a file that is in it changes. One that does not compile keeps its last bundle. */
export function rebuildOnChange({ say, rebuilt }: RebuildOptions) {
  const changed = new Set<string>();
  let settling: NodeJS.Timeout | undefined;
  let building: Promise<void> = Promise.resolve();

  const watchers = SOURCES.map((folder) =>
    watch(join(repository, folder), { recursive: true }, (_, file) => {
      if (!file?.endsWith(".ts") || file.endsWith(".test.ts")) return;
      changed.add(`${folder}/${file}`);
      clearTimeout(settling);
      settling = setTimeout(() => {
        const files = [...changed];
        changed.clear();
        building = building.then(() => rebuild(files));
      }, SETTLED_MS);
    }),
  );

  async function rebuild(files: readonly string[]): Promise<void> {
    for (const entry of functionEntries()) {
      if (!(await isIn(entry, files))) continue;
      try {
        await bundle([entry]);
        say(`          ${entry.name} rebuilt`);
        rebuilt(entry.name);
      } catch (error) {
        say(`          ${entry.name} keeps its last build: ${firstErrorOf(error)}`);
      }
    }
  }

  return {
    async stop() {
      for (const watcher of watchers) watcher.close();
      clearTimeout(settling);
      await building;
    },
  };
}

/** Whether one of the files went into the function's last bundle, as esbuild noted then. */
async function isIn({ name }: Entry, files: readonly string[]): Promise<boolean> {
  const metafile = await readFile(join(repository, ".cache/build", `${name}.json`), "utf8").catch(() => "{}");
  const { inputs = {} }: { inputs?: Record<string, unknown> } = JSON.parse(metafile);
  return files.some((file) => Object.hasOwn(inputs, file));
}

/** esbuild's first complaint, with its place. */
export function firstErrorOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n").find((line) => line.includes("ERROR:")) ?? text.split("\n")[0] ?? text;
}
