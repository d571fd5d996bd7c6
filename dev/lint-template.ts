import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "./build/entries.ts";
import { pythonTool } from "./python/tools.ts";
import { packagedTemplate } from "./stack/package.ts";

// cfn-lint on what a deploy would send; which rules are left out, and why, is in .cfnlintrc.yml
const folder = await mkdtemp(join(tmpdir(), "template-"));
try {
  const template = join(folder, "template.json");
  await writeFile(template, await packagedTemplate("prod"));
  const { status } = spawnSync(await pythonTool("cfn-lint"), [template], { cwd: repository, stdio: "inherit" });
  process.exitCode = status ?? 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
