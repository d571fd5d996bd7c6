import { startVitest } from "vitest/node";
import { repository } from "../../dev/build/entries.ts";

// apart from the everyday tests, since it wants Python and moto
const vitest = await startVitest("test", [], {
  root: repository,
  config: false,
  watch: false,
  include: ["test/moto/*.moto.ts"],
  globalSetup: ["test/support/global-setup.ts"],
  testTimeout: 20_000,
  hookTimeout: 30_000,
  experimental: { viteModuleRunner: false, nodeLoader: false },
});
await vitest.close();
