import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { type BuildResult, build, type Metafile, type OutputFile } from "esbuild";
import { bundleOptions } from "./bundle-options.ts";
import { type Entry, repository } from "./entries.ts";
import { zippedSize } from "./zipped-size.ts";

type Output = BuildResult<ReturnType<typeof bundleOptions>>;

export interface Bundle {
  readonly name: string;
  readonly folder: string;
  /** What Node reads before the handler is there: the entry file and what it imports statically. */
  readonly entryBytes: number;
  readonly totalBytes: number;
  readonly zipBytes: number;
}

/** Writes each entry's folder whole: the entry, its lazy chunks, nothing else. Rejects with esbuild's errors. */
export async function bundle(entries: Entry[]): Promise<Bundle[]> {
  return Promise.all(entries.map(async (entry) => write(entry, await build(bundleOptions(entry)))));
}

/** Files are replaced only when they differ: another process may be running them. */
async function write({ name, folder }: Entry, { outputFiles, metafile }: Output): Promise<Bundle> {
  await mkdir(folder, { recursive: true });
  await Promise.all(outputFiles.map(replace));
  const written = new Set(outputFiles.map(({ path }) => basename(path)));
  const stale = (await readdir(folder)).filter((file) => !written.has(file));
  await Promise.all(stale.map((file) => rm(join(folder, file), { recursive: true })));
  await keepMetafile(name, metafile);
  return {
    name,
    folder,
    entryBytes: bytesAtStart(metafile, relative(repository, join(folder, "index.mjs"))),
    totalBytes: outputFiles.reduce((sum, { contents }) => sum + contents.length, 0),
    zipBytes: zippedSize(outputFiles),
  };
}

async function replace({ path, contents }: OutputFile) {
  const present = await readFile(path).catch(() => undefined);
  if (!present?.equals(contents)) await writeFile(path, contents);
}

async function keepMetafile(name: string, metafile: Metafile) {
  const path = join(repository, ".cache/build", `${name}.json`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(metafile));
}

function bytesAtStart(metafile: Metafile, entry: string, seen = new Set<string>()): number {
  const output = metafile.outputs[entry];
  if (output === undefined || seen.has(entry)) return 0;
  seen.add(entry);
  const imported = output.imports.filter(({ kind }) => kind === "import-statement");
  return imported.reduce((sum, { path }) => sum + bytesAtStart(metafile, path, seen), output.bytes);
}
