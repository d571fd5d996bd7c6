import { join } from "node:path";
import type { BuildOptions } from "esbuild";
import { type Entry, repository } from "./entries.ts";
import { leanMongodb } from "./lean-mongodb.ts";
import { requiredBuiltins } from "./required-builtins.ts";

// esbuild bundles what happens to be installed, so what the driver can do without is named
const optionalPeersOfMongodb = [
  "@aws-sdk/credential-providers",
  "@mongodb-js/zstd",
  "aws4",
  "gcp-metadata",
  "kerberos",
  "mongodb-client-encryption",
  "snappy",
  "socks",
];

// how a laptop signs in to AWS; a function has its keys in the environment
const signInOfLaptops = [
  "@aws-sdk/credential-provider-ini",
  "@aws-sdk/credential-provider-login",
  "@aws-sdk/credential-provider-process",
  "@aws-sdk/credential-provider-sso",
  "@aws-sdk/credential-provider-web-identity",
];

export function bundleOptions(entry: Entry) {
  return {
    absWorkingDir: repository,
    entryPoints: { index: entry.source },
    outdir: entry.folder,
    outExtension: { ".js": ".mjs" },
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    target: "node24",
    mainFields: ["module", "main"],
    minify: true,
    legalComments: "none",
    logLevel: "silent",
    external: [...optionalPeersOfMongodb, ...signInOfLaptops],
    alias: { "whatwg-url": join(import.meta.dirname, "whatwg-url.ts") },
    plugins: [leanMongodb, requiredBuiltins],
    // the MongoDB driver is CommonJS and requires Node's own modules
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  } satisfies BuildOptions;
}
