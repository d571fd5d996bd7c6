import { readFile } from "node:fs/promises";
import { parseEnv } from "node:util";
import { startReplicaSet } from "../mongo/replica-set.ts";
import { beginConnection } from "../stack/begin-connection.ts";
import { type LocalStack, startLocalStack } from "../stack/local-stack.ts";
import { signIn } from "../stack/sign-in.ts";

export interface InvokeEnvironment {
  readonly variables: Record<string, string>;
  /** The event with what only this environment can know filled in. */
  prepared(event: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

const OURS =
  /^(?:AWS_|HOME$|SECRET_ID$|APP_ORIGIN$|API_ORIGIN$|MONGODB_DB$|ALLOWED_ORIGINS$|SESSION_COOKIE_NAMES$|TIKTOK_|ACCOUNT_OWNERSHIP$|MAX_ACCOUNTS_PER_USER$|RESCUE_QUEUE_URL$|POSTS_QUEUE_URL$|EVENT_BUS_NAME$|REFRESH_CONCURRENCY$|LOG_LEVEL$)/;

/** The file's variables, else this process's when it names a secret, else everything local and fresh. */
export async function invokeEnvironment(envFile: string | undefined): Promise<InvokeEnvironment> {
  if (envFile !== undefined) return given(parseEnv(await readFile(envFile, "utf8")));
  return process.env.SECRET_ID === undefined ? local() : given(process.env);
}

function given(source: NodeJS.Dict<string>): InvokeEnvironment {
  const ours = Object.entries(source).filter((entry): entry is [string, string] => OURS.test(entry[0]));
  return { variables: Object.fromEntries(ours), prepared: async (event) => event, stop: async () => {} };
}

async function local(): Promise<InvokeEnvironment> {
  const replicaSet = await startReplicaSet({ say: (line) => console.error(line) });
  const stack = await startLocalStack({ mongodbUri: replicaSet.uri });
  console.error("No SECRET_ID in the environment: TikTok, AWS and the database are local and empty");
  return {
    variables: { ...stack.environment, POSTS_QUEUE_URL: stack.aws.queue("posts").url },
    prepared: (event) => filledIn(event, stack),
    async stop() {
      await stack.stop();
      await replicaSet.stop();
    },
  };
}

/** Samples cannot carry a session or a state: here both are made, by somebody who signs in and begins to connect. */
async function filledIn(event: unknown, stack: LocalStack): Promise<unknown> {
  const text = JSON.stringify(event);
  if (!text.includes("PUT_A_")) return event;
  const { cookie } = await signIn(stack);
  const session = cookie.slice(cookie.indexOf("=") + 1);
  const withSession = text.replaceAll("PUT_A_SESSION_HERE", session);
  if (!withSession.includes("PUT_A_STATE_HERE")) return JSON.parse(withSession);
  const { state, binding, code } = await beginConnection(stack, cookie);
  return JSON.parse(
    withSession
      .replaceAll("PUT_A_STATE_HERE", state)
      .replaceAll("PUT_A_BINDING_HERE", binding)
      .replaceAll("PUT_A_CODE_HERE", code),
  );
}
