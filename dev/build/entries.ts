import { globSync } from "node:fs";
import { basename, join, resolve } from "node:path";

export interface Entry {
  readonly name: string;
  readonly source: string;
  /** Becomes the root of the function's package. */
  readonly folder: string;
}

export const repository = resolve(import.meta.dirname, "../..");
export const dist = join(repository, "dist");

/** One entry for every file in functions/ but the builders that they share. */
export function functionEntries(): Entry[] {
  return entriesIn(join(repository, "functions"), dist).filter(({ name }) => name !== "runtime");
}

export function entriesIn(sources: string, into: string): Entry[] {
  return globSync("*.ts", { cwd: sources })
    .filter((file) => !file.endsWith(".test.ts"))
    .sort()
    .map((file) => {
      const name = basename(file, ".ts");
      return { name, source: join(sources, file), folder: join(into, name) };
    });
}
