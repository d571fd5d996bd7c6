import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const requirements = join(import.meta.dirname, "requirements.txt");

/** The path of a program from PyPI, installed when it is first wanted; outside the repository, since osls reads every file in there. */
export async function pythonTool(name: string): Promise<string> {
  const versions = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex")
    .slice(0, 12);
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "connect-tiktok");
  const environment = join(cache, `python-${versions}`);
  const finished = join(environment, "finished");
  if (!existsSync(finished)) {
    await rm(environment, { recursive: true, force: true });
    await mkdir(cache, { recursive: true });
    await run("python3", ["-m", "venv", environment]);
    await run(join(environment, "bin/pip"), ["install", "--quiet", "--requirement", requirements]);
    await writeFile(`${finished}.part`, "");
    await rename(`${finished}.part`, finished);
  }
  return join(environment, "bin", name);
}
