import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { context } from "esbuild";
import { repository } from "../build/entries.ts";

export interface PageFile {
  readonly contentType: string;
  readonly content: string | Uint8Array;
}

export interface PageFiles {
  /** The page's file at this path. */
  get(path: string): Promise<PageFile | undefined>;
  stop(): Promise<void>;
}

const web = join(repository, "web");
const bundled: Readonly<Record<string, string>> = {
  "/page.js": "text/javascript; charset=utf-8",
  "/style.css": "text/css; charset=utf-8",
};

/** The page bundled for each request, so that a reload shows a change; or once. */
export async function pageFiles({ once }: { once: boolean }): Promise<PageFiles> {
  const bundle = await context({
    absWorkingDir: repository,
    entryPoints: [join(web, "page.ts"), join(web, "style.css")],
    outdir: web,
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    legalComments: "none",
    logLevel: "silent",
    tsconfig: join(web, "tsconfig.json"),
  });
  const first = once ? await bundle.rebuild() : undefined;
  return {
    async get(path) {
      if (path === "/")
        return { contentType: "text/html; charset=utf-8", content: await readFile(join(web, "index.html")) };
      const contentType = bundled[path];
      if (contentType === undefined) return undefined;
      const { outputFiles = [] } = first ?? (await bundle.rebuild());
      const output = outputFiles.find((file) => file.path === join(web, path));
      return { contentType, content: output?.contents ?? "" };
    },
    stop: () => bundle.dispose(),
  };
}
