import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

// every test file starts a process that loads the same modules; this one and those that it starts compile them once
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), "node-compile-cache");

// what takes long or starts processes: operators' commands, every fault of posting, years of refreshing, the engine's own rules
const thorough = [
  "test/{adopt,alarms,doctor,first-deploy,id-ranges,indexes,integrity-audit,local-api,purge,reencrypt,restore,secrets}.test.ts",
  "test/{posting-*,refresh-crash,refresh-soak,refresh-workers,slow-answers,verify}.test.ts",
  "test/mongo/**/*.test.ts",
];

export default defineConfig({
  test: {
    globalSetup: ["test/support/global-setup.ts"],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // some wait for most of their time
    maxWorkers: 3,
    // Node runs these files as they are
    experimental: { viteModuleRunner: false, nodeLoader: false },
    projects: [
      {
        extends: true,
        test: {
          name: "everyday",
          include: ["{lib,functions,commands,web,test}/**/*.test.ts"],
          exclude: ["test/browser/**", ...thorough],
        },
      },
      { extends: true, test: { name: "thorough", include: thorough } },
      { extends: true, test: { name: "browser", include: ["test/browser/**/*.test.ts"] } },
    ],
  },
});
