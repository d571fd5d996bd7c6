import { parseArgs } from "node:util";
import { startFakeTikTok } from "./fake-tiktok.ts";

const USAGE = `A TikTok on this machine, for trying things by hand.

Usage: node dev/fake-tiktok/main.ts [options]

  --port <port>             where to listen (8788)
  --redirect-uri <uri>      registers a redirect URI; repeatable
  --client-key <key>        the app's key (made up when absent)
  --client-secret <secret>  the app's secret (made up when absent)
  --account <name>          adds a TikTok account; repeatable (Kitchen Notes and Trail Diary)
  --regime <2h|24h>         how long tokens live (2h)
  --help                    this text
`;

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "8788" },
    "redirect-uri": { type: "string", multiple: true, default: [] },
    "client-key": { type: "string" },
    "client-secret": { type: "string" },
    account: { type: "string", multiple: true, default: ["Kitchen Notes", "Trail Diary"] },
    regime: { type: "string", default: "2h" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) process.stdout.write(USAGE);
else await run();

async function run(): Promise<void> {
  const tiktok = await startFakeTikTok({
    port: Number(values.port),
    redirectUris: values["redirect-uri"],
    clientKey: values["client-key"],
    clientSecret: values["client-secret"],
  });
  if (values.regime === "24h") tiktok.regime("24h");
  for (const displayName of values.account) {
    const username = displayName.toLowerCase().replaceAll(/\W+/g, ".");
    const { openId } = tiktok.addAccount({ displayName, username });
    process.stdout.write(`account        ${displayName} (${openId})\n`);
  }
  process.stdout.write(`authorize URL  ${tiktok.authorizeUrl}
API origin     ${tiktok.origin}
client key     ${tiktok.app.clientKey}
client secret  ${tiktok.app.clientSecret}
Ctrl-C stops it.
`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void tiktok.stop());
}
