import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { beforeAll, expect, test } from "vitest";
import { type Import, importsOf } from "./support/imports.ts";

const foundations = [
  "lib/clock.ts",
  "lib/platform.ts",
  "lib/platform-posting.ts",
  "lib/crypto/",
  "lib/mongo/",
  "lib/observability/",
];
const adapters = ["lib/sessions/", "lib/oauth/", "lib/tiktok/", "lib/accounts/", "lib/audit/", "lib/media/"];
const belowUseCases = [...foundations, ...adapters, "lib/tokens/"];
const database = ["mongodb", "zod"];

interface Layer {
  /** Paths in this repository; a layer may always import its own. */
  readonly imports: string[];
  readonly packages: string[];
}

const layers: Record<string, Layer> = {
  "lib/clock.ts": { imports: [], packages: [] },
  "lib/platform.ts": { imports: [], packages: [] },
  "lib/platform-posting.ts": { imports: [], packages: ["zod"] },
  "lib/zod-messages.ts": { imports: [], packages: ["zod"] },
  "lib/media/": { imports: foundations, packages: [] },
  "lib/config/": {
    imports: ["lib/clock.ts", "lib/zod-messages.ts"],
    packages: ["zod", "@aws-sdk/client-secrets-manager", "@aws-sdk/client-sqs", "@aws-sdk/client-eventbridge"],
  },
  "lib/crypto/": { imports: [], packages: [] },
  "lib/mongo/": { imports: ["lib/clock.ts"], packages: ["mongodb"] },
  "lib/observability/": {
    imports: ["lib/clock.ts"],
    packages: ["@aws-lambda-powertools/logger"],
  },
  "lib/http/": {
    imports: ["lib/clock.ts", "lib/observability/"],
    packages: ["@middy/core", "@middy/http-error-handler", "aws-lambda", "zod"],
  },
  "lib/sessions/": { imports: foundations, packages: [...database, "jose"] },
  "lib/oauth/": { imports: foundations, packages: database },
  "lib/tiktok/": { imports: foundations, packages: ["zod"] },
  "lib/accounts/": { imports: foundations, packages: database },
  "lib/audit/": { imports: foundations, packages: database },
  "lib/tokens/": { imports: [...foundations, ...adapters], packages: database },
  "lib/connect/": { imports: belowUseCases, packages: database },
  "lib/refresh/": { imports: belowUseCases, packages: database },
  "lib/posting/": { imports: belowUseCases, packages: database },
  "lib/integrity/": { imports: belowUseCases, packages: database },
  "functions/runtime.ts": {
    imports: ["lib/"],
    packages: ["@aws-lambda-powertools/logger", "@aws-sdk/client-sqs", "@aws-sdk/client-eventbridge"],
  },
  "functions/": { imports: ["lib/"], packages: ["@aws-lambda-powertools/logger", "aws-lambda", "mongodb", "zod"] },
  "commands/": {
    imports: ["lib/", "functions/runtime.ts"],
    packages: [...database, "@aws-sdk/client-secrets-manager"],
  },
  "web/": { imports: ["lib/connect/outcome-codes.ts"], packages: [] },
};

const production = globSync("{functions,lib,commands,web}/**/*.ts").filter((file) => !file.endsWith(".test.ts"));
let imports: Import[];

beforeAll(async () => {
  imports = await importsOf(production);
});

test("every file of production code belongs to a layer", () => {
  const homeless = production.filter((file) => layerOf(file) === undefined);

  expect(production.length).toBeGreaterThan(50);
  expect(homeless).toEqual([]);
});

test("imports point from functions to use cases to adapters to foundations, never back or across", () => {
  const trespasses = imports.filter(({ to }) => isFile(to)).filter((each) => !isAllowed(each));

  expect(imports.length).toBeGreaterThan(100);
  expect(trespasses.map(described)).toEqual([]);
});

test("a package is used only by the layers that it is for", () => {
  const packages = imports.filter(({ to }) => !isFile(to) && !to.startsWith("node:"));
  const trespasses = packages.filter(({ from, to, typeOnly }) => {
    // a type costs nothing at run time, and every adapter speaks of the driver's documents
    if (to === "mongodb" && typeOnly && from.startsWith("lib/")) return false;
    return !layerOf(from)?.packages.includes(to);
  });

  expect(trespasses.map(described)).toEqual([]);
});

test("what TikTok calls its fields is known to lib/tiktok alone", async () => {
  const fields = /\b(?:open_id|union_id|display_name|avatar_url|refresh_expires_in|client_key|log_id)\b/;
  const elsewhere = production.filter((file) => !file.startsWith("lib/tiktok/"));

  const sources = await Promise.all(elsewhere.map(async (file) => ({ file, source: await readFile(file, "utf8") })));

  expect(sources.filter(({ source }) => fields.test(source)).map(({ file }) => file)).toEqual([]);
});

function layerOf(file: string): Layer | undefined {
  const name = layerName(file);
  return name === undefined ? undefined : layers[name];
}

// the first that fits: functions/runtime.ts stands before functions/
const layerName = (file: string) => Object.keys(layers).find((layer) => file.startsWith(layer));

function isAllowed({ from, to }: Import): boolean {
  const name = layerName(from);
  const own = name?.startsWith("functions/") ? "functions/" : name;
  const allowed = [...(layerOf(from)?.imports ?? []), ...(own === undefined ? [] : [own])];
  return allowed.some((path) => to.startsWith(path));
}

const isFile = (target: string) => /\.(?:ts|mts|js|mjs|json)$/.test(target);

const described = ({ from, to }: Import) => `${from} imports ${to}`;
