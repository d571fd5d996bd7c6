import { parseArgs } from "node:util";
import { lazyRuntime, type Runtime, tiktokApp } from "../functions/runtime.ts";
import { clockFindings } from "./doctor/clock.ts";
import { cookieFindings } from "./doctor/cookies.ts";
import { databaseFindings } from "./doctor/database.ts";
import { deployedFindings, notLookedAt } from "./doctor/deployed.ts";
import { environmentFinding, readEnvironment } from "./doctor/environment.ts";
import { type Finding, inLines } from "./doctor/finding.ts";
import { hostFindings } from "./doctor/hosts.ts";
import { awsCli, quotaFindings } from "./doctor/quota.ts";
import { redirectUriFindings } from "./doctor/redirect-uri.ts";
import { scopeFindings } from "./doctor/scopes.ts";
import { secretFindings } from "./doctor/secret.ts";
import { serviceFindings } from "./doctor/services.ts";
import { tiktokFindings } from "./doctor/tiktok.ts";
import { exitWith } from "./exit-code.ts";

const USAGE = `Looks at everything this API needs and says what is wrong and how to put it right. Changes nothing.

  npm run doctor [-- --deployed]

  --deployed   also asks the API itself, where API_ORIGIN says it is
  --help       this text

Run it with the functions' environment and AWS credentials that may read the secret, before the first deploy and after each.
Exit code 0: nothing is wrong, though there may be warnings. 1: something is.`;

const POOL = 2;

await exitWith("doctor", async () => {
  const { values } = parseArgs({
    options: { deployed: { type: "boolean", default: false }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) return say(USAGE);
  const found: Finding[] = [];
  for await (const findings of examine(values.deployed)) {
    for (const finding of findings) for (const line of inLines(finding)) say(line);
    found.push(...findings);
  }
  const count = (level: Finding["level"]) => found.filter((finding) => finding.level === level).length;
  say(`\nProblems: ${count("problem")}, warnings: ${count("warning")}, not looked at: ${count("skipped")}.`);
  return count("problem") === 0 ? 0 : 1;
});

async function* examine(deployed: boolean): AsyncGenerator<Finding[]> {
  const env = readEnvironment(process.env);
  if (Array.isArray(env)) return yield env;
  yield [environmentFinding(env)];
  yield [redirectUriFindings, hostFindings, cookieFindings, scopeFindings, serviceFindings].flatMap((check) =>
    check(env),
  );
  const runtime = lazyRuntime("doctor", POOL)();
  const secret = await secretFindings(runtime.secrets, env.SECRET_ID);
  yield secret;
  if (secret.every(({ level }) => level !== "problem")) yield* behindTheSecret(runtime);
  yield clockFindings(tiktokApp(runtime));
  yield quotaFindings(awsCli);
  yield deployed ? deployedFindings(env, fetch) : [notLookedAt()];
}

async function* behindTheSecret(runtime: Runtime): AsyncGenerator<Finding[]> {
  yield databaseFindings(runtime.mongo, runtime.env).finally(() => runtime.mongo.close());
  yield tiktokFindings(tiktokApp(runtime));
}

function say(line: string): number {
  process.stdout.write(`${line}\n`);
  return 0;
}
