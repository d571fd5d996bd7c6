import { createServer, type Server } from "node:http";
import { MongoClient, MongoNetworkError, MongoServerError } from "mongodb";
import { expect, onTestFinished, test } from "vitest";
import { clockFindings } from "../commands/doctor/clock.ts";
import { cookieFindings } from "../commands/doctor/cookies.ts";
import { databaseFindings, latencyFinding, topologyFinding } from "../commands/doctor/database.ts";
import { contentFindings } from "../commands/doctor/database-content.ts";
import { indexFindings } from "../commands/doctor/database-indexes.ts";
import { permissionFindings } from "../commands/doctor/database-permissions.ts";
import { deployedFindings } from "../commands/doctor/deployed.ts";
import type { Finding } from "../commands/doctor/finding.ts";
import { hostFindings } from "../commands/doctor/hosts.ts";
import { quotaFindings } from "../commands/doctor/quota.ts";
import { redirectUriFindings } from "../commands/doctor/redirect-uri.ts";
import { scopeFindings } from "../commands/doctor/scopes.ts";
import { secretFindings } from "../commands/doctor/secret.ts";
import { serviceFindings } from "../commands/doctor/services.ts";
import { tiktokFindings } from "../commands/doctor/tiktok.ts";
import { after, systemClock } from "../lib/clock.ts";
import { parseEnv } from "../lib/config/env.ts";
import { secretStore } from "../lib/config/secret.ts";
import { type Connection, databaseConnection } from "../lib/mongo/connection.ts";
import type { ClientCredentials, TikTokApp } from "../lib/tiktok/app.ts";
import { runCommand } from "./support/command.ts";
import { failingCommands } from "./support/fail-command.ts";
import { person } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();
const DOCTOR = "doctor-under-test";
const failing = failingCommands(stack, DOCTOR);
const withoutAwsCli = { PATH: "/nowhere" };

test("a whole setup has no problem", async () => {
  await person(stack);

  const { exitCode, stdout } = await runCommand(stack, "doctor", [], { ...stack.environment, ...withoutAwsCli });

  expect(stdout).not.toContain("problem  ");
  expect(stdout).toContain("ok       permissions");
  expect(stdout).toContain("ok       TikTok");
  expect(stdout).toContain("Service Quotas");
  expect(exitCode).toBe(0);
});

test("every variable that is wrong is named at once", async () => {
  const environment = { ...stack.environment, API_ORIGIN: "https://api.example.com/?stage=1", LOG_LEVEL: "LOUD" };

  const { exitCode, stdout } = await runCommand(stack, "doctor", [], environment);

  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/problem {2}environment {2}must carry no query.*API_ORIGIN/);
  expect(stdout).toMatch(/problem {2}environment .*LOG_LEVEL/);
});

test("a redirect URI that TikTok does not take is a problem", () => {
  const insecure = redirectUriFindings(env({ API_ORIGIN: "http://app.example.com/api" }));
  const long = redirectUriFindings(env({ API_ORIGIN: `https://app.example.com/${"a".repeat(480)}` }));

  expect(insecure).toEqual([problemWith(/not https/)]);
  expect(long).toEqual([problemWith(/fewer than 512/)]);
});

test.each([
  ["https://abc123.execute-api.eu-central-1.amazonaws.com", /never reaches/],
  ["https://api.example.org", /share no domain/],
  ["https://other.vercel.app", /share no domain/, "https://shop.vercel.app"],
  ["https://api.other.co.uk", /share no domain/, "https://www.shop.co.uk"],
])("an API at %s that the app's session cannot reach is a problem", (API_ORIGIN, sentence, APP_ORIGIN?: string) => {
  expect(hostFindings(env({ API_ORIGIN, ...(APP_ORIGIN && { APP_ORIGIN }) }))).toEqual([problemWith(sentence)]);
});

test("a sibling subdomain depends on the cookie's domain, and the app's own origin on nothing", () => {
  const sibling = hostFindings(env({ API_ORIGIN: "https://api.example.com" }));
  const own = hostFindings(env({}));
  const forgotten = hostFindings(env({ ALLOWED_ORIGINS: "https://admin.example.com" }));

  expect(sibling).toEqual([expect.objectContaining({ level: "warning", fix: expect.stringContaining("example.com") })]);
  expect(own).toEqual([expect.objectContaining({ level: "ok" })]);
  expect(forgotten).toContainEqual(problemWith(/ALLOWED_ORIGINS lacks/));
});

test("session cookies that cannot work, or that anybody could set, are named", () => {
  const hostOnly = { API_ORIGIN: "https://api.example.com", SESSION_COOKIE_NAMES: "__Host-session" };

  expect(cookieFindings(env(hostOnly))).toEqual([problemWith(/__Host-session stays/)]);
  expect(cookieFindings(env({ APP_ORIGIN: "http://app.example.com" }))).toContainEqual(problemWith(/not https/));
  expect(cookieFindings(env({ SESSION_COOKIE_NAMES: "sid" }))).toEqual([warningWith(/__Secure-/)]);
});

test("a scope that is required but not asked for is a problem", () => {
  expect(scopeFindings(env({ TIKTOK_REQUIRED_SCOPES: "user.info.basic,video.list" }))).toEqual([
    problemWith(/video.list is required/),
  ]);
  expect(scopeFindings(env({ TIKTOK_SCOPES: "user.info.basic", POSTS_QUEUE_URL: "https://sqs/1/posts" }))).toEqual([
    warningWith(/no scope that allows posting/),
  ]);
});

test("what is left out, or points elsewhere than to TikTok, is said", () => {
  const findings = serviceFindings(env({ TIKTOK_API_ORIGIN: "https://tiktok.example.net" }));

  expect(findings).toContainEqual(warningWith(/rescue queue/));
  expect(findings).toContainEqual(warningWith(/tiktok.example.net/));
});

test("a secret that is missing, forbidden, or lacks a field is a problem", async () => {
  const denied = Object.assign(new Error("no"), { name: "AccessDeniedException" });
  const absent = Object.assign(new Error("no"), { name: "ResourceNotFoundException" });
  const noKeyring = JSON.stringify({ ...stack.secret, tokenKeyring: undefined });

  expect(await secretFrom(Promise.reject(denied))).toEqual([problemWith(/may not read/)]);
  expect(await secretFrom(Promise.reject(absent))).toEqual([problemWith(/no value/)]);
  expect(await secretFrom(Promise.resolve(noKeyring))).toEqual([problemWith(/tokenKeyring/)]);
  expect(
    await secretFrom(Promise.resolve(JSON.stringify({ ...stack.secret, sessionSecrets: ["short"] }))),
  ).toContainEqual(warningWith(/fewer than 32/));
});

test("a database that cannot be reached, lets nobody in, or has no transactions is a problem", async () => {
  const noAnswer = new MongoNetworkError("connect ETIMEDOUT");
  const noLogin = new MongoServerError({ code: 18, errmsg: "Authentication failed." });
  const password = "unescaped/password";

  const unreadable = await findingsOf(`mongodb://app:${password}@[broken`);

  expect(unreadable).toEqual([problemWith(/connection string/)]);
  expect(JSON.stringify(unreadable)).not.toContain("unescaped");
  expect(await databaseFindings(failingWith(noAnswer), env({}))).toEqual([problemWith(/ETIMEDOUT/)]);
  expect(await databaseFindings(failingWith(noLogin), env({}))).toEqual([problemWith(/refuses the login/)]);
  expect(topologyFinding({ isWritablePrimary: true })).toEqual(problemWith(/no transactions/));
  expect(latencyFinding("app", 180)).toEqual(warningWith(/180/));
});

test("a missing index, a missing session index, and a database without users are named", async () => {
  await stack.db.collection("socialaccounts").dropIndex("refresh_queue");
  await stack.db.collection("sessions").insertOne({ sessionToken: "s" });
  const empty = stack.client.db(`${stack.db.databaseName}-other`);

  const findings = await indexFindings(stack.db, "shared");

  expect(findings).toEqual([problemWith(/socialaccounts.refresh_queue/), warningWith(/sessionToken/)]);
  expect(await contentFindings(empty)).toEqual([warningWith(/no users/)]);
});

test("a database user who may only read is a problem, and the trial leaves nothing", async () => {
  const client = new MongoClient(stack.secret.mongodbUri, { appName: DOCTOR });
  onTestFinished(() => client.close());
  const db = client.db(stack.db.databaseName);
  const before = await stack.db.collection("revocations").countDocuments();
  await failing({ failCommands: ["update"], errorCode: 13 });

  const findings = await permissionFindings({ client, db });
  const well = await permissionFindings({ client, db });

  expect(findings).toEqual([problemWith(/users cannot be written/)]);
  expect(well).toEqual([expect.objectContaining({ level: "ok" })]);
  expect(await stack.db.collection("revocations").countDocuments()).toBe(before);
});

test("credentials that TikTok does not accept are a problem, and so is its silence", async () => {
  const wrong = tiktokAppOf(stack, { clientSecret: "not the client secret" });
  const nobody = tiktokAppOf(stack, {}, await nowhere());

  expect(await tiktokFindings(tiktokAppOf(stack))).toEqual([expect.objectContaining({ level: "ok" })]);
  expect(await tiktokFindings(wrong)).toEqual([problemWith(/invalid_client/)]);
  expect(await tiktokFindings(nobody)).toEqual([problemWith(/ECONNREFUSED/)]);
});

test("a clock that is minutes off is a problem", async () => {
  const app = tiktokAppOf(stack);

  const late = await clockFindings({ ...app, clock: () => after(systemClock(), -300_000) });

  expect(late).toEqual([problemWith(/30\d s behind|29\d s behind/)]);
  expect(await clockFindings(app)).toEqual([expect.objectContaining({ level: "ok" })]);
});

test("a quota of ten functions is said, and where to look when nobody may ask", async () => {
  expect(await quotaFindings(async () => "10\n")).toEqual([warningWith(/Only 10/)]);
  expect(await quotaFindings(async () => "1000\n")).toEqual([expect.objectContaining({ level: "ok" })]);
  expect(await quotaFindings(() => Promise.reject(new Error("not permitted")))).toEqual([
    expect.objectContaining({ level: "skipped", sentence: expect.stringContaining("Service Quotas") }),
  ]);
});

test("an API that is not where the browser looks, or sends people elsewhere, is a problem", async () => {
  const elsewhere = {
    "/health": json(200),
    "/tiktok/authorize": { status: 302, location: "https://other.example.com/" },
  };
  const right = {
    ...elsewhere,
    "/tiktok/authorize": { status: 302, location: "https://app.example.com/?tiktok=error" },
  };

  expect(await deployedFindings(env({ API_ORIGIN: await answering({}) }), fetch)).toEqual([
    problemWith(/does not answer/),
  ]);
  expect(await deployedFindings(env({ API_ORIGIN: await answering({ "/health": json(503) }) }), fetch)).toEqual([
    problemWith(/says 503/),
  ]);
  expect(await deployedFindings(env({ API_ORIGIN: await answering(elsewhere) }), fetch)).toEqual([
    problemWith(/back to/),
  ]);
  expect(await deployedFindings(env({ API_ORIGIN: await answering(right) }), fetch)).toEqual([
    expect.objectContaining({ level: "ok" }),
  ]);
});

const problemWith = (sentence: RegExp) =>
  expect.objectContaining({ level: "problem", sentence: expect.stringMatching(sentence), fix: expect.any(String) });
const warningWith = (sentence: RegExp) =>
  expect.objectContaining({ level: "warning", sentence: expect.stringMatching(sentence), fix: expect.any(String) });

function env(changes: Record<string, string>) {
  return parseEnv({
    SECRET_ID: "app",
    APP_ORIGIN: "https://app.example.com",
    API_ORIGIN: "https://app.example.com/api",
    ...changes,
  });
}

const secretFrom = (text: Promise<string>): Promise<Finding[]> =>
  secretFindings(
    secretStore(() => text, systemClock),
    "app",
  );

function tiktokAppOf(
  { tiktok }: Pick<typeof stack, "tiktok">,
  credentials: Partial<ClientCredentials> = {},
  apiOrigin = tiktok.origin,
): TikTokApp {
  const given = { ...tiktok.app, ...credentials };
  return {
    authorizeUrl: tiktok.authorizeUrl,
    apiOrigin,
    redirectUri: "https://app.example.com/api/tiktok/callback",
    clock: systemClock,
    fetch,
    credentials: async () => given,
    renewedCredentials: async () => given,
  };
}

const failingWith = (error: Error): Connection => ({ use: () => Promise.reject(error), close: async () => {} });

async function findingsOf(uri: string): Promise<Finding[]> {
  const uris = { current: async () => uri, renewed: async () => uri };
  const mongo = databaseConnection(uris, { appName: DOCTOR, maxPoolSize: 1 }, undefined);
  return databaseFindings(mongo, env({})).finally(() => mongo.close().catch(() => undefined));
}

const json = (status: number) => ({ status, "content-type": "application/json" });

/** An API that answers these paths, and 404 to any other. */
async function answering(
  paths: Record<string, { status: number; [header: string]: string | number }>,
): Promise<string> {
  const { origin, close } = await listening(
    createServer((incoming, response) => {
      const { status = 404, ...headers } = paths[incoming.url?.split("?")[0] ?? ""] ?? {};
      response.writeHead(status, headers).end("{}");
    }),
  );
  onTestFinished(close);
  return origin;
}

/** Where nobody listens any more. */
async function nowhere(): Promise<string> {
  const { origin, close } = await listening(createServer());
  await close();
  return origin;
}

async function listening(server: Server) {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    origin: `http://127.0.0.1:${typeof address === "object" ? address?.port : address}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
