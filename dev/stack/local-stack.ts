import { randomBytes } from "node:crypto";
import { pathToFileURL } from "node:url";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { type Db, MongoClient } from "mongodb";
import { createIndexes } from "../../commands/create-indexes.ts";
import { type FakeAws, startFakeAws } from "../aws/fake-aws.ts";
import { type FakeTikTok, startFakeTikTok } from "../fake-tiktok/fake-tiktok.ts";
import { lambdaContext } from "../lambda/payload.ts";
import { freshDatabase } from "../mongo/replica-set.ts";

export interface LocalStack {
  readonly tiktok: FakeTikTok;
  readonly aws: FakeAws;
  readonly client: MongoClient;
  readonly db: Db;
  readonly environment: Readonly<Record<string, string>>;
  /** The secret's value as the functions read it; change it with aws.putSecret. */
  readonly secret: LocalSecret;
  /** Calls a built function in this process. */
  invoke(name: string, event: unknown, context?: Context): Promise<unknown>;
  http(name: string, event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2>;
  stop(): Promise<void>;
}

export interface LocalSecret {
  mongodbUri: string;
  tiktok: { clientKey: string; clientSecret: string; previousClientSecret?: string };
  tokenKeyring: { current: string; keys: Record<string, string> };
  sessionSecrets: string[];
}

export const SECRET_ID = "connect-tiktok";

export interface LocalStackOptions {
  /** A replica set; the stack takes a fresh database of its own in it. */
  readonly mongodbUri: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly latencyMs?: number;
}

/** Everything the built functions need, on loopback: a fresh database with its indexes, TikTok, and AWS. One per process. */
export async function startLocalStack({
  mongodbUri,
  environment: given = {},
  latencyMs,
}: LocalStackOptions): Promise<LocalStack> {
  const database = await freshDatabase(mongodbUri, "connect");
  const client = await new MongoClient(database.uri).connect();
  const db = client.db(database.name);
  const tiktok = await startFakeTikTok(latencyMs === undefined ? {} : { latencyMs });
  const aws = await startFakeAws();
  const secret: LocalSecret = {
    mongodbUri: database.uri,
    tiktok: { ...tiktok.app },
    tokenKeyring: { current: "k1", keys: { k1: randomBytes(32).toString("base64") } },
    sessionSecrets: [randomBytes(32).toString("base64url")],
  };
  aws.putSecret(SECRET_ID, secret);
  const environment: Record<string, string> = {
    SECRET_ID,
    APP_ORIGIN: "https://app.example.com",
    API_ORIGIN: "https://app.example.com/api",
    TIKTOK_AUTHORIZE_URL: tiktok.authorizeUrl,
    TIKTOK_API_ORIGIN: tiktok.origin,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL: aws.endpoint,
    ...given,
  };
  tiktok.registerRedirectUri(`${environment.API_ORIGIN}/tiktok/callback`);
  await createIndexes(db, environment.ACCOUNT_OWNERSHIP === "exclusive" ? "exclusive" : "shared");
  Object.assign(process.env, environment);

  async function invoke(
    name: string,
    event: unknown,
    context = lambdaContext({ functionName: name }),
  ): Promise<unknown> {
    const file = new URL(`../../dist/${name}/index.mjs`, import.meta.url);
    const { handler } = await import(pathToFileURL(file.pathname).href);
    return handler(event, context);
  }

  return {
    tiktok,
    aws,
    client,
    db,
    environment,
    secret,
    invoke,
    http: async (name, event) => (await invoke(name, event)) as APIGatewayProxyStructuredResultV2,
    async stop() {
      await Promise.all([tiktok.stop(), aws.stop(), client.close()]);
      await database.drop();
    },
  };
}
