import { stop } from "esbuild";
import { buildFunctions } from "../build.ts";
import { startReplicaSet } from "../mongo/replica-set.ts";
import { API_BASE, listenAsApp } from "./app-server.ts";
import { gateway } from "./gateway.ts";
import { resolved } from "./intrinsics.ts";
import { startJobs } from "./jobs.ts";
import { assertBuilt, startLambdas } from "./lambdas.ts";
import { jobLine, logLine } from "./lines.ts";
import { type LocalStack, startLocalStack } from "./local-stack.ts";
import { packagedTemplate } from "./package.ts";
import { pageFiles } from "./page-files.ts";
import { createPeople } from "./people.ts";
import { firstErrorOf, rebuildOnChange } from "./rebuild.ts";
import { type FunctionPlan, planOf } from "./template.ts";
import { tiktokPeople } from "./tiktok-people.ts";

export interface DevStackOptions {
  readonly port: number;
  readonly fastTokens?: boolean;
  /** TikTok itself in place of its stand-in, which needs this app on https. */
  readonly realTikTok?: RealTikTok | undefined;
  /** Bundle the functions first, and again when a source changes; else dist is taken as it is. */
  readonly rebuild?: boolean;
  /** Default: the best replica set this machine has, started for this stack. */
  readonly mongodbUri?: string;
  readonly say: (line: string) => void;
}

export interface RealTikTok {
  /** Where a tunnel to the port is reached from outside. */
  readonly tunnel: string;
  readonly clientKey: string;
  readonly clientSecret: string;
}

export interface DevStack extends Pick<LocalStack, "tiktok" | "aws" | "db" | "secret" | "environment"> {
  readonly origin: string;
  stop(): Promise<void>;
}

const FAST_TOKEN_SECONDS = 60;
const FAST_SCHEDULE_MS = 10_000;

/** The whole product on this machine: the app's origin with the page and the API below it, TikTok on another, jobs running. */
export async function startDevStack(options: DevStackOptions): Promise<DevStack> {
  const { say, fastTokens = false } = options;
  const cleanups: (() => unknown)[] = [];
  const stopAll = async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  };
  try {
    const app = await listenAsApp(options.port);
    cleanups.push(() => {
      app.server.close();
      app.server.closeAllConnections();
    });
    const replicaSet = options.mongodbUri === undefined ? await startReplicaSet({ say }) : undefined;
    if (replicaSet) cleanups.push(replicaSet.stop);
    if (options.rebuild) await buildAll();
    const plan = planOf(await packagedTemplate());
    assertBuilt(plan.functions);

    const { realTikTok } = options;
    const origin = realTikTok?.tunnel ?? app.origin;
    const stack = await startLocalStack({
      mongodbUri: options.mongodbUri ?? replicaSet?.uri ?? "",
      environment: {
        APP_ORIGIN: origin,
        API_ORIGIN: `${origin}${API_BASE}`,
        ...(realTikTok && { TIKTOK_AUTHORIZE_URL: "", TIKTOK_API_ORIGIN: "" }),
      },
    });
    cleanups.push(stack.stop);
    const { tiktok, aws, db, environment, secret } = stack;
    await createPeople(db);
    for (const known of tiktokPeople(origin)) tiktok.addAccount(known);
    if (fastTokens) tiktok.lifetimes.accessSeconds = FAST_TOKEN_SECONDS;
    for (const name of plan.secretNames) aws.putSecret(name, { ...secret, tiktok: realTikTok ?? secret.tiktok });
    for (const { name, options: settings } of plan.queues) aws.queue(name, settings);

    const { SECRET_ID: _, ...local } = environment;
    const environmentOf = (of: FunctionPlan) => ({
      ...Object.fromEntries(
        Object.entries(of.environment).map(([name, value]) => [
          name,
          resolved(value, plan.resources, (queue) => aws.queue(queue).url),
        ]),
      ),
      ...local,
    });
    const lambdas = startLambdas(plan.functions, {
      environmentOf,
      log: (name, line) => {
        const text = logLine(name, line);
        if (text !== undefined) say(text);
      },
    });
    cleanups.push(lambdas.stop);
    if (options.rebuild) cleanups.push(rebuildOnChange({ say, rebuilt: (name) => void lambdas.renew(name) }).stop);
    const jobs = startJobs(plan, lambdas, aws, {
      everyMs: fastTokens ? FAST_SCHEDULE_MS : undefined,
      done: (...job) => say(jobLine(...job)),
    });
    cleanups.push(jobs.stop);
    const page = await pageFiles({ once: !options.rebuild });
    cleanups.push(page.stop);
    app.serve({
      origin,
      gateway: gateway(plan.routes, lambdas),
      page,
      sessionSecret: secret.sessionSecrets[0] ?? "",
      say,
    });
    return { origin, tiktok, aws, db, secret, environment, stop: stopAll };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

async function buildAll(): Promise<void> {
  await buildFunctions().catch((error: unknown) => {
    throw new Error(`The functions cannot be built: ${firstErrorOf(error)}`);
  });
  await stop(); // esbuild would keep more than a gigabyte
}
