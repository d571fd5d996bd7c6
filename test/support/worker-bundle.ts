import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "esbuild";

const root = resolve(import.meta.dirname, "../..");
let built: Promise<string> | undefined;

/** The worker as one file, which starts in half the time; removed when this process ends. */
export function workerBundle(): Promise<string> {
  built ??= bundle();
  return built;
}

async function bundle(): Promise<string> {
  const folder = resolve(root, `.cache/refresh-worker/${process.pid}`);
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const outfile = resolve(folder, "refresh-worker.mjs");
  await build({
    absWorkingDir: root,
    entryPoints: ["test/support/refresh-worker.ts"],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    external: ["@aws-sdk/*"],
    // the driver is CommonJS and requires Node's own modules
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  return outfile;
}
