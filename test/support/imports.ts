import { readFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { build, type Plugin } from "esbuild";

export interface Import {
  readonly from: string;
  /** A path from the repository's root, or a package's name. */
  readonly to: string;
  readonly typeOnly: boolean;
}

const root = resolve(import.meta.dirname, "../..");

/** Every import of these files, static, dynamic and of types, as a parser sees them. */
export async function importsOf(files: string[]): Promise<Import[]> {
  const [values, all] = await Promise.all([parse(files, false), parse(files, true)]);
  const key = ({ from, to }: { from: string; to: string }) => `${from} ${to}`;
  const kept = new Set(values.map(key));
  return all.map((each) => ({ ...each, typeOnly: !kept.has(key(each)) }));
}

async function parse(files: string[], withTypes: boolean): Promise<{ from: string; to: string }[]> {
  const found: { from: string; to: string }[] = [];
  const recording: Plugin = {
    name: "recording",
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const source = await readFile(path, "utf8");
        // the parser forgets imports of types, so they are shown to it as imports of values
        const shown = source.replace(/^(import|export) type (?=\{|\*|\w+ from)/gm, "$1 ");
        return { contents: withTypes ? shown : source, loader: "ts" };
      });
      build.onResolve({ filter: /.*/ }, ({ kind, path, importer }) => {
        if (kind === "entry-point") return undefined;
        found.push({
          from: relative(root, importer),
          to: path.startsWith(".") ? local(importer, path) : packageOf(path),
        });
        return { path, external: true };
      });
    },
  };
  await build({
    absWorkingDir: root,
    entryPoints: files,
    bundle: true,
    write: false,
    outdir: "out",
    format: "esm",
    platform: "node",
    plugins: [recording],
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  });
  return found;
}

const local = (importer: string, path: string) => relative(root, resolve(dirname(importer), path));

function packageOf(specifier: string): string {
  if (specifier.startsWith("node:")) return specifier;
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}
