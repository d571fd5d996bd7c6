import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { functionEntries, repository } from "../build/entries.ts";

const packages = join(repository, ".cache/package");

/** The CloudFormation template that a deploy to this stage would use, made again only when what it is made from has changed. Needs the built functions. */
export async function packagedTemplate(stage = "dev"): Promise<string> {
  const folder = join(packages, `${stage}-${await fingerprint()}`);
  if (!existsSync(folder)) await packageInto(folder, stage);
  return readFile(join(folder, "cloudformation-template-update-stack.json"), "utf8");
}

async function fingerprint(): Promise<string> {
  const names = functionEntries().map(({ name }) => name);
  const hash = createHash("sha256").update(names.join());
  for (const source of ["serverless.yml", ...globSync("infra/*", { cwd: repository }).sort()])
    hash.update(source).update(await readFile(join(repository, source)));
  return hash.digest("hex").slice(0, 16);
}

/** Appears whole or not at all: another process may want the same one. */
async function packageInto(folder: string, stage: string): Promise<void> {
  await mkdir(packages, { recursive: true });
  const unfinished = await mkdtemp(join(packages, ".unfinished-"));
  try {
    await packageWithOsls(unfinished, stage);
    await rename(unfinished, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function packageWithOsls(folder: string, stage: string): Promise<void> {
  const manifest = createRequire(import.meta.url).resolve("osls/package.json");
  const osls = join(dirname(manifest), "bin/serverless.js");
  const run = promisify(execFile)(process.execPath, [osls, "package", "--stage", stage, "--package", folder], {
    cwd: repository,
  });
  await run.catch((error: { stdout?: string; stderr?: string }) => {
    const said = `${error.stderr ?? ""}${error.stdout ?? ""}`.split(/^Error:$/m).at(-1) ?? "";
    throw new Error(`serverless.yml cannot be packaged: ${said.trim().split("\n")[0]}`);
  });
}
