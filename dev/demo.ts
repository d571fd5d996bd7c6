import { parseArgs } from "node:util";
import { runDemo } from "./demo/demo.ts";

const USAGE = `Goes through the main job without a browser: connect, cancel, refresh, repeat; each step one line. Needs nothing but npm ci.

  npm run demo

MONGODB_URI runs it on your replica set, in a database of its own. Exit code 0: everything held.`;

const { values } = parseArgs({ options: { help: { type: "boolean", short: "h" } } });
if (values.help) console.log(USAGE);
// the functions keep their connections, as they do on Lambda, and would keep this process
else process.exit((await runDemo(console.log)) ? 0 : 1);
