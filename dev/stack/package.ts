import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { functionEntries, repository } from "../build/entries.ts";

const folder = join(repository, ".cache/dev/package");
const template = join(folder, "cloudformation-template-update-stack.json");
const stamp = join(folder, "made-from");

/** The CloudFormation template that a deploy would use, made again only when what it is made from has changed. Needs the built functions. */
export async function packagedTemplate(): Promise<string> {
  const sources = ["serverless.yml", ...globSync("infra/*.yml", { cwd: repository }).sort()];
  const hash = createHash("sha256").update(
    functionEntries()
      .map(({ name }) => name)
      .join(),
  );
  for (const source of sources) hash.update(await readFile(join(repository, source)));
  const madeFrom = hash.digest("hex");
  const isCurrent = (await readFile(stamp, "utf8").catch(() => "")) === madeFrom;
  if (!isCurrent) {
    await packageWithOsls();
    await mkdir(folder, { recursive: true });
    await writeFile(stamp, madeFrom);
  }
  return readFile(template, "utf8");
}

async function packageWithOsls(): Promise<void> {
  const manifest = createRequire(import.meta.url).resolve("osls/package.json");
  const osls = join(dirname(manifest), "bin/serverless.js");
  const run = promisify(execFile)(process.execPath, [osls, "package", "--package", folder], { cwd: repository });
  await run.catch((error: { stdout?: string; stderr?: string }) => {
    const said = `${error.stderr ?? ""}${error.stdout ?? ""}`.split(/^Error:$/m).at(-1) ?? "";
    throw new Error(`serverless.yml cannot be packaged: ${said.trim().split("\n")[0]}`);
  });
}
