import { startVitest } from "vitest/node";
import { repository } from "../../dev/build/entries.ts";
import { startMoto } from "./server.ts";

// apart from the everyday tests, since it wants Python; moto is started here, so that it is also ended when they fail
const moto = await startMoto();
try {
  process.env.MOTO_ENDPOINT = moto.endpoint;
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
  for (const type of moto.complaints) {
    console.error(`Moto knows no ${type}: name it in docs/moto.md and do without it`);
    process.exitCode = 1;
  }
} finally {
  await moto.stop();
}
