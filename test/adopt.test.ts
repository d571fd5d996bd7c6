import { MongoClient, ObjectId } from "mongodb";
import mongoose, { Schema } from "mongoose";
import { afterAll, afterEach, expect, inject, test } from "vitest";
import { type SocialAccount, socialAccounts, users } from "../lib/accounts/social-account.ts";
import { type AdoptDependencies, adoptAccounts } from "../lib/integrity/adopt-accounts.ts";
import { adoptionPlan } from "../lib/integrity/adoption-plan.ts";
import { placeOf } from "../lib/tokens/seal-pair.ts";
import { bothSides } from "./support/collections.ts";
import { runCommand, startCommand } from "./support/command.ts";
import { linkedAs, tokenDependencies } from "./support/linked.ts";
import { person } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();
const { cipher } = tokenDependencies(stack);
const accounts = socialAccounts(stack.db);
const app = await mongoose
  .createConnection(inject("mongodbUri"), { dbName: stack.db.databaseName, autoIndex: false })
  .asPromise();
const schema = new Schema(
  {
    userId: { type: Schema.Types.ObjectId, ref: "User" },
    platform: String,
    platformAccountId: String,
    accessToken: String,
    refreshToken: String,
    tokenExpiry: Date,
    metadata: Schema.Types.Mixed,
  },
  { timestamps: true },
);
const AppAccount = app.model("SocialAccount", schema);

afterEach(async () => {
  for (const name of ["users", "socialaccounts"]) await stack.db.collection(name).deleteMany({});
});
afterAll(() => app.close());

test("what the app's Mongoose model stored is named first, then taken over, and from then on refreshed", async () => {
  const { ada, openId, pair } = await storedByApp();
  const before = await bothSides(stack.db);

  const dry = await runCommand(stack, "adopt");
  const untouched = await bothSides(stack.db);
  const applied = await runCommand(stack, "adopt", ["--apply"]);
  const account = await accounts.findOne({ platformAccountId: openId });
  await stack.invoke("token-refresh", {});
  await accounts.updateOne({ _id: account?._id }, { $set: { nextRefreshAt: new Date(0) } });
  await stack.invoke("token-refresh", {});

  expect(dry).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^1 to adopt \(nothing was changed/) });
  expect(untouched).toEqual(before);
  expect(applied).toMatchObject({ exitCode: 0, stderr: "", stdout: expect.stringMatching(/^1 adopted, 0 left/) });
  expect(account).toMatchObject({
    userId: ada.userId,
    tokenExpiry: before.socialaccounts[0]?.tokenExpiry,
    createdAt: before.socialaccounts[0]?.createdAt,
    metadata: { note: "main channel" },
    __v: 0,
    status: "active",
    tokenVersion: 1,
    connectedAt: before.socialaccounts[0]?.createdAt,
  });
  expect(account && cipher.open(account.accessToken, placeOf(account, "accessToken"))).toBe(pair.accessToken);
  expect(account && cipher.open(account.refreshToken, placeOf(account, "refreshToken"))).toBe(pair.refreshToken);
  expect(stack.tiktok.rotations(openId)).toBe(1);
  expect(await stack.invoke("integrity-audit", {})).toMatchObject({ accounts: 1, found: {} });
});

test("a user id and a reference that are text become ids", async () => {
  const { ada, stored } = await storedByApp();
  await raw().updateOne({ _id: stored }, { $set: { userId: ada.userId.toHexString() } });
  await stack.db
    .collection("users")
    .updateOne({ _id: ada.userId }, { $set: { socialAccounts: [stored.toHexString()] } });

  await adopt();

  expect(await accounts.findOne({ _id: stored })).toMatchObject({ userId: ada.userId });
  expect(await users(stack.db).findOne({ _id: ada.userId })).toMatchObject({ socialAccounts: [stored] });
});

test("a user whose references are null gets one", async () => {
  const { ada, stored } = await storedByApp();
  await stack.db.collection("users").updateOne({ _id: ada.userId }, { $set: { socialAccounts: null } });

  const { counts } = await adopt();

  expect(counts).toEqual({ adopted: 1 });
  expect((await users(stack.db).findOne({ _id: ada.userId }))?.socialAccounts).toEqual([stored]);
});

test("a list that holds a null keeps what else it holds", async () => {
  const { ada, stored } = await storedByApp();
  const other = new ObjectId();
  await stack.db.collection("users").updateOne({ _id: ada.userId }, { $set: { socialAccounts: [null, other] } });

  await adopt();

  expect((await users(stack.db).findOne({ _id: ada.userId }))?.socialAccounts).toEqual([null, other, stored]);
});

test("taken over twice, or linked here in the first place, nothing changes", async () => {
  await storedByApp();
  await linkedAs(await person(stack), stack.tiktok.addAccount().openId);
  await adopt();
  const before = await bothSides(stack.db);

  expect((await adopt()).counts).toEqual({ own: 2 });
  expect(await bothSides(stack.db)).toEqual(before);
});

test("what cannot be taken over is named and left as it was, and other platforms are left alone", async () => {
  const { ada, stored } = await storedByApp();
  const own = await linkedAs(ada, stack.tiktok.addAccount().openId);
  const linked = await accounts.findOne({ _id: new ObjectId(own.accountId) });
  const given = { platform: "tiktok", accessToken: "act.1", refreshToken: "rft.1", userId: ada.userId };
  const odd = [
    { ...given, _id: new ObjectId(), platformAccountId: "a", userId: "ada@example.com" },
    { ...given, _id: new ObjectId() },
    { ...given, _id: new ObjectId(), platformAccountId: "b", accessToken: linked?.accessToken.slice(0, -1) },
    {
      ...given,
      _id: new ObjectId(),
      platformAccountId: linked?.platformAccountId,
      userId: ada.userId.toHexString(),
    },
    { ...given, _id: new ObjectId(), platform: "instagram", platformAccountId: "c" },
  ];
  await raw().insertMany(odd);

  const { exitCode, stdout } = await runCommand(stack, "adopt", ["--apply"]);

  expect(exitCode).toBe(1);
  expect(stdout.split("\n").slice(0, 4)).toEqual([
    `user_id_unusable  account ${odd[0]?._id}  user ada@example.com`,
    `account_id_missing  account ${odd[1]?._id}  user ${ada.userId}`,
    `token_damaged  account ${odd[2]?._id}  user ${ada.userId}`,
    `duplicate  account ${odd[3]?._id}  user ${ada.userId}`,
  ]);
  expect(stdout).toContain("1 adopted, 4 left as they were, 1 adopted before, 1 of other platforms.");
  expect(
    await raw()
      .find({ _id: { $in: odd.map(({ _id }) => _id) } })
      .toArray(),
  ).toEqual(odd);
  expect(await accounts.findOne({ _id: stored })).toMatchObject({ status: "active" });
});

test("what the app writes at the same moment is not overwritten", async () => {
  const { stored } = await storedByApp();
  const client = new MongoClient(stack.secret.mongodbUri, { maxPoolSize: 1 }); // so the first to write comes first
  const db = client.db(stack.db.databaseName);
  const refreshed = { accessToken: "act.newer", refreshToken: "rft.newer" };
  let appWrites: Promise<unknown> | undefined;
  function clock() {
    appWrites ??= db.collection("socialaccounts").updateOne({ _id: stored }, { $set: refreshed });
    return new Date();
  }

  const { counts } = await adopt(undefined, { database: { client, db }, clock });
  await appWrites;
  await client.close();

  expect(counts).toEqual({ changed_meanwhile: 1 });
  expect(await raw().findOne({ _id: stored })).toMatchObject(refreshed);
  expect((await adopt()).counts).toEqual({ adopted: 1 });
});

test("Ctrl-C leaves whole accounts only, and the next run does the rest", async () => {
  const people = Array.from({ length: 350 }, () => ({ _id: new ObjectId() }));
  await users(stack.db).insertMany(people);
  const plain = people.map(({ _id: userId }, number) => ({
    _id: new ObjectId(),
    userId: userId.toHexString(),
    platform: "tiktok",
    platformAccountId: `open-${number}`,
    accessToken: `act.${number}`,
    refreshToken: `rft.${number}`,
  }));
  await raw().insertMany(plain);
  const { child, finished } = startCommand("adopt", ["--apply"], stack.environment);
  await expect.poll(() => accounts.countDocuments({ tokenVersion: 1 }), { timeout: 10_000, interval: 5 }).not.toBe(0);

  child.kill("SIGINT");
  const stopped = await finished;
  const sealed = await accounts.find({ tokenVersion: 1 }).toArray();
  const references = (await users(stack.db).find().toArray()).flatMap(({ socialAccounts = [] }) => socialAccounts);
  const resumed = await adopt(new ObjectId(/--from (\w+)/.exec(stopped.stdout)?.[1]));

  expect(stopped.exitCode).toBe(130);
  expect(sealed.length).toBeLessThan(plain.length);
  expect(sealed.filter((account) => !isWhole(account))).toEqual([]);
  expect(references.map(String).sort()).toEqual(sealed.map(({ _id }) => String(_id)).sort());
  expect(resumed.counts).toEqual({ adopted: plain.length - sealed.length });
});

test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
  ["seconds", { tokenExpiry: 1_800_000_000 }, { tokenExpiry: new Date(1_800_000_000_000) }],
  ["milliseconds", { tokenExpiry: 1_800_000_000_000 }, { tokenExpiry: new Date(1_800_000_000_000) }],
  ["text", { tokenExpiry: "2027-01-15T08:00:00.000Z" }, { tokenExpiry: new Date("2027-01-15T08:00:00Z") }],
  ["nothing", { tokenExpiry: null }, { tokenExpiry: new Date("2026-12-01T00:00:00Z") }],
  ["scopes in one text", { scopes: "user.info.basic,video.publish" }, { scopes: ["user.info.basic", "video.publish"] }],
  ["an unknown status", { status: "connected" }, { status: "active", statusReason: null }],
  ["a status of ours", { status: "revoked" }, { status: "revoked" }],
  ["no refresh token", { refreshToken: undefined }, { status: "needs_reauth", statusReason: "token_missing" }],
  ["no refresh token, though active", { refreshToken: null, status: "active" }, { status: "needs_reauth" }],
  ["metadata that is none", { metadata: "none" }, { metadata: {} }],
])("an account with %s is understood", (_, given, wanted) => {
  const stored = {
    _id: new ObjectId(),
    userId: new ObjectId(),
    platform: "tiktok",
    platformAccountId: "open-1",
    accessToken: "act.1",
    refreshToken: "rft.1",
    ...given,
  };
  const clock = () => new Date("2026-12-01T00:00:00Z");

  const plan = adoptionPlan(stored, { cipher, clock, random: () => 0.5 });

  expect(plan).toMatchObject({ kind: "adopt" });
  expect({ ...stored, ...(plan.kind === "adopt" && plan.fields) }).toMatchObject(wanted);
});

async function storedByApp() {
  const { openId } = stack.tiktok.addAccount();
  const ada = await person(stack);
  const pair = stack.tiktok.grant(openId);
  const { _id } = await AppAccount.create({
    userId: ada.userId.toHexString(),
    platform: "tiktok",
    platformAccountId: openId,
    accessToken: pair.accessToken,
    refreshToken: pair.refreshToken,
    tokenExpiry: new Date(Date.now() + 3_600_000),
    metadata: { note: "main channel" },
  });
  return { ada, openId, pair, stored: new ObjectId(_id.toHexString()) };
}

const adopt = (from?: ObjectId, given: Partial<AdoptDependencies> = {}) =>
  adoptAccounts(
    { applying: true, from },
    { ...tokenDependencies(stack), database: stack, mayGoOn: () => true, onAccount: () => undefined, ...given },
  );

const raw = () => stack.db.collection("socialaccounts");

function isWhole(account: SocialAccount): boolean {
  const number = account.platformAccountId.slice("open-".length);
  return (
    cipher.open(account.accessToken, placeOf(account, "accessToken")) === `act.${number}` &&
    cipher.open(account.refreshToken, placeOf(account, "refreshToken")) === `rft.${number}`
  );
}
