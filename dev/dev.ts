import { parseArgs } from "node:util";
import { startDevStack } from "./stack/dev-stack.ts";

const usage = `Runs everything on this machine: the page, the API, TikTok's stand-in, the jobs, a database.

  npm run dev [-- --port <port>] [--fast-tokens] [--tunnel <origin>]

  --port <port>      where the app listens (3000)
  --fast-tokens      tokens live a minute and are refreshed while you watch
  --tunnel <origin>  TikTok itself instead of the stand-in: the https origin of a tunnel to the port,
                     and your app's TIKTOK_CLIENT_KEY and TIKTOK_CLIENT_SECRET in the environment
  --help             this text

  MONGODB_URI        a replica set of your own; it gets a database of its own, dropped at the end
  MONGO              mongod or embedded: insists on one of the two
`;

function options() {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "3000" },
      "fast-tokens": { type: "boolean", default: false },
      tunnel: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port is a number up to 65535, not ${values.port}`);
  const realTikTok = values.tunnel === undefined ? undefined : throughTunnel(values.tunnel);
  return { port, fastTokens: values["fast-tokens"], realTikTok, help: values.help };
}

function throughTunnel(address: string) {
  const { TIKTOK_CLIENT_KEY: clientKey, TIKTOK_CLIENT_SECRET: clientSecret } = process.env;
  if (!URL.canParse(address) || new URL(address).protocol !== "https:")
    throw new Error(`--tunnel is an https origin, not ${address}`);
  if (!clientKey || !clientSecret) throw new Error("--tunnel needs TIKTOK_CLIENT_KEY and TIKTOK_CLIENT_SECRET");
  return { tunnel: new URL(address).origin, clientKey, clientSecret };
}

async function run(): Promise<void> {
  const { help, ...given } = options();
  if (help) return console.log(usage);
  const leave = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      leave.resolve();
      process.once(signal, () => process.exit(130)); // who asks twice does not want to wait
    });
  }
  console.log("Starting…");
  const stack = await startDevStack({ ...given, rebuild: true, say: console.log });
  console.log(
    given.realTikTok
      ? `TikTok itself; register there, under Web: ${stack.environment.API_ORIGIN}/tiktok/callback`
      : `TikTok's stand-in: ${stack.tiktok.origin}\nA video to post:   ${stack.origin}/samples/video.mp4`,
  );
  console.log(`\n  Open ${stack.origin}\n\nCtrl-C ends it.\n`);
  await leave.promise;
  await stack.stop();
}

await run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
