import { ObjectId } from "mongodb";
import { afterEach, expect, test } from "vitest";
import { createIndexes } from "../commands/create-indexes.ts";
import type { AuditResult } from "../functions/integrity-audit.ts";
import { foreignAccounts } from "../lib/accounts/foreign-account.ts";
import { type SocialAccount, socialAccounts, users } from "../lib/accounts/social-account.ts";
import { unlinkAccount } from "../lib/connect/unlink-account.ts";
import { auditLinks } from "../lib/integrity/audit-links.ts";
import type { SettledFinding } from "../lib/integrity/finding.ts";
import { settle } from "../lib/integrity/settle.ts";
import { suspectAccounts } from "../lib/integrity/suspect-accounts.ts";
import { bothSides } from "./support/collections.ts";
import { runCommand } from "./support/command.ts";
import { givenAccount, linkedAs, tokenDependencies } from "./support/linked.ts";
import { person } from "./support/person.ts";
import { requestAs } from "./support/requests.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();
const accounts = socialAccounts(stack.db);

afterEach(async () => {
  for (const name of ["users", "socialaccounts", "revocations", "auditevents"])
    await stack.db.collection(name).deleteMany({});
});

test("what fits together is not found", async () => {
  const ada = await linked();
  await linkedAs(ada.person, stack.tiktok.addAccount().openId);
  await linkedAs(await person(stack), ada.openId);
  await person(stack);

  expect(await audit()).toMatchObject({ users: 2, accounts: 3, found: {}, findings: [], unfinishedAfter: null });
});

test("a reference that leads nowhere is named, and removed by the repair", async () => {
  const ada = await linked();
  const nowhere = new ObjectId();
  await reference(ada.userId, nowhere);

  expect(await namedAndRepaired()).toEqual([["reference_without_account", String(ada.userId), String(nowhere)]]);
  expect(await referencesOf(ada.userId)).toEqual([ada.accountId]);
});

test("a reference to somebody else's account is named, and removed by the repair", async () => {
  const ada = await linked();
  const bob = await linked();
  await reference(bob.userId, new ObjectId(ada.accountId));

  expect(await namedAndRepaired()).toEqual([["reference_to_foreign_account", String(bob.userId), ada.accountId]]);
  expect(await referencesOf(bob.userId)).toEqual([bob.accountId]);
  expect(await referencesOf(ada.userId)).toEqual([ada.accountId]);
});

test("a reference stored as text is replaced by the account's id", async () => {
  const ada = await linked();
  await stack.db.collection("users").updateOne({ _id: ada.userId }, { $set: { socialAccounts: [ada.accountId] } });

  expect(await namedAndRepaired()).toEqual([
    ["account_without_reference", String(ada.userId), ada.accountId],
    ["reference_without_account", String(ada.userId), ada.accountId],
  ]);
  expect(await users(stack.db).findOne({ _id: ada.userId })).toMatchObject({
    socialAccounts: [new ObjectId(ada.accountId)],
  });
});

test("references as text to accounts that the app has not handed over are left alone", async () => {
  const { userId } = await person(stack);
  const kept = [
    { platform: "instagram", userId: userId.toHexString() },
    { platform: "tiktok" },
    { platform: "TikTok" },
  ].map((account) => ({ _id: new ObjectId(), accessToken: "act.1", ...account }));
  await foreignAccounts(stack.db).insertMany(kept);
  const socialAccounts = kept.map(({ _id }) => _id.toHexString());
  await stack.db.collection("users").updateOne({ _id: userId }, { $set: { socialAccounts } });

  const findings = await repair();

  expect(findings.map(({ kind }) => kind)).toEqual(["account_not_adopted"]);
  expect(await stack.db.collection("users").findOne({ _id: userId })).toMatchObject({ socialAccounts });
});

test("an account that its user does not reference is referenced again by the repair", async () => {
  const ada = await linked();
  await users(stack.db).updateOne({ _id: ada.userId }, { $unset: { socialAccounts: true } });

  expect(await namedAndRepaired()).toEqual([["account_without_reference", String(ada.userId), ada.accountId]]);
  expect(await referencesOf(ada.userId)).toEqual([ada.accountId]);
});

test("an account whose user is gone is removed by the repair, told, and left to be revoked", async () => {
  const ada = await linked();
  await users(stack.db).deleteOne({ _id: ada.userId });

  expect(await namedAndRepaired()).toEqual([["account_without_user", String(ada.userId), ada.accountId]]);
  await stack.invoke("token-refresh", {});

  expect(await accounts.countDocuments()).toBe(0);
  expect(stack.tiktok.authorized(ada.openId)).toBe(false);
  expect(await stack.db.collection("auditevents").findOne({ sequence: 2 })).toMatchObject({
    type: "SocialAccountUnlinked",
    accountId: new ObjectId(ada.accountId),
    reason: "user_gone",
  });
});

test("of several rows for one account the repair keeps the one with the newest tokens", async () => {
  await accounts.dropIndex("userId_1_platform_1_platformAccountId_1");
  const ada = await linked();
  const stored = await accounts.findOne({ _id: new ObjectId(ada.accountId) });
  const copy: SocialAccount = { ...(stored as SocialAccount), _id: new ObjectId() };
  const older: SocialAccount = { ...copy, _id: new ObjectId(), connectedAt: new Date(0) };
  const dead: SocialAccount = { ...copy, _id: new ObjectId(), status: "needs_reauth", lastRefreshedAt: new Date() };
  const rows = [older, { ...copy, lastRefreshedAt: new Date() }, dead];
  await accounts.insertMany(rows);
  for (const { _id } of rows) await reference(ada.userId, _id);

  const named = await namedAndRepaired();
  const indexes = await createIndexes(stack.db, "shared");

  expect(named.filter(([kind]) => kind === "duplicate_account")).toHaveLength(3);
  expect(await accounts.find().toArray()).toMatchObject([{ _id: copy._id, status: "active" }]);
  expect(await referencesOf(ada.userId)).toEqual([String(copy._id)]);
  expect(stack.tiktok.authorized(ada.openId)).toBe(true);
  expect(indexes).toMatchObject({
    created: ["socialaccounts.userId_1_platform_1_platformAccountId_1 (unique)"],
    duplicates: [],
  });
});

test("what only a person can put right is named and left alone", async () => {
  const [moved, late, plain] = [await linked(), await linked(), await linked()];
  await givenAccount(stack, moved.accountId, { platformAccountId: "another" });
  await givenAccount(stack, late.accountId, { nextRefreshAt: new Date(Date.now() - 2 * 3_600_000) });
  await givenAccount(stack, plain.accountId, { accessToken: "act.plain" });
  const before = await bothSides(stack.db);

  const { exitCode, stdout } = await runCommand(stack, "audit", ["--repair", "--json"]);

  expect(exitCode).toBe(1);
  expect(linesOf(stdout)).toMatchObject([
    { kind: "token_unreadable", accountId: moved.accountId, settlement: "found" },
    { kind: "account_overdue", accountId: late.accountId, settlement: "found" },
    { kind: "account_not_adopted", accountId: plain.accountId, settlement: "found" },
    { report: { users: 3, accounts: 3, repaired: 0 } },
  ]);
  expect(await bothSides(stack.db)).toEqual(before);
  await audit();
  expect(stack.logs().findLast((line) => "LinksBroken" in line)).toMatchObject({
    service: "integrity-audit",
    AccountsChecked: 3,
    LinksBroken: 1,
    TokenUnreadable: 1,
    AccountsOverdue: 1,
    AuditUnfinished: 0,
  });
});

test("an account of another platform is none of its business, and a reference to it is right", async () => {
  const ada = await linked();
  const _id = new ObjectId();
  await stack.db
    .collection("socialaccounts")
    .insertOne({ _id, userId: ada.userId, platform: "instagram", platformAccountId: "1", accessToken: "plain" });
  await reference(ada.userId, _id);

  expect(await audit()).toMatchObject({ found: {} });
});

test("an audit goes on after the id that it is given", async () => {
  const [first, second] = [await linked(), await linked()];
  await users(stack.db).deleteMany({});

  const { stdout } = await runCommand(stack, "audit", ["--json", "--from", first.accountId]);

  expect(linesOf(stdout)).toMatchObject([{ accountId: second.accountId }, { report: { accounts: 1 } }]);
});

test("links and unlinks at the same time are neither found nor harmed", async () => {
  const settled = await Promise.all(Array.from({ length: 8 }, () => linked()));
  await Promise.all(settled.slice(0, 4).map(({ userId }) => reference(userId, new ObjectId())));
  let done = false;
  const traffic = Promise.all(
    settled.slice(4).map(async ({ person: ada }) => {
      for (let round = 0; round < 3 || !done; round += 1) {
        const { accountId } = await linkedAs(ada, stack.tiktok.addAccount().openId);
        expect((await requestAs(stack, ada, accountId)).statusCode).toBe(204);
      }
    }),
  );

  const first = await runCommand(stack, "audit", ["--repair"]);
  const second = await repair();
  done = true;
  await traffic;

  expect(first).toMatchObject({ exitCode: 0, stderr: "" });
  expect(first.stdout.match(/^repaired {2}reference_without_account/gm)).toHaveLength(4);
  expect(first.stdout).toMatch(/4 found, 4 repaired\.$/m);
  expect(second).toEqual([]);
  expect(await audit()).toMatchObject({ users: 8, accounts: 8, found: {} });
});

test.each<["account_without_reference" | "account_without_user"]>([
  ["account_without_reference"],
  ["account_without_user"],
])("an unlink in the middle of the repair of an %s comes before it or after it", async (kind) => {
  const ada = await linked();
  const own = { _id: new ObjectId(ada.accountId), userId: ada.userId };
  await users(stack.db).updateOne({ _id: ada.userId }, { $set: { socialAccounts: [] } });
  if (kind === "account_without_user") await users(stack.db).deleteOne({ _id: ada.userId });
  const [stored] = await foreignAccounts(stack.db).find({ _id: own._id }).toArray();
  const deps = { ...tokenDependencies(stack), db: stack.db };
  const [suspect] = await suspectAccounts(stored ? [stored] : [], deps);
  let unlinked = false;

  const settlement = await settle(
    {
      finding: { kind, userId: String(ada.userId), accountId: ada.accountId },
      async stillHolds(session) {
        const holds = (await suspect?.stillHolds(session)) ?? false;
        if (!unlinked) await unlinkAccount({ ...own, accountId: own._id }, { ...deps, database: stack });
        unlinked = true;
        return holds;
      },
      repair: async (session) => suspect?.repair?.(session),
    },
    true,
    { ...deps, database: stack },
  );

  expect(settlement).toBe("vanished");
  expect(await referencesOf(ada.userId)).toEqual(kind === "account_without_user" ? undefined : []);
  expect(await stack.db.collection("auditevents").countDocuments({ accountId: own._id })).toBe(2);
  expect(await stack.db.collection("revocations").countDocuments({ userId: ada.userId })).toBe(1);
});

async function linked() {
  const { openId } = stack.tiktok.addAccount();
  const someone = await person(stack);
  return { ...(await linkedAs(someone, openId)), openId, userId: someone.userId };
}

const audit = async () => (await stack.invoke("integrity-audit", {})) as AuditResult;

/** Fails unless the daily audit and the repair name the same, the audit changes nothing, and nothing is left after the repair. */
async function namedAndRepaired() {
  const before = await bothSides(stack.db);
  const { findings } = await audit();
  expect(await bothSides(stack.db)).toEqual(before);
  const repaired = await repair();
  expect(repaired.map(named).sort()).toEqual(findings.map(named).sort());
  expect(repaired.filter(({ settlement }) => settlement !== "repaired")).toEqual([]);
  expect(await audit()).toMatchObject({ found: {} });
  return findings.map(named).sort();
}

async function repair(): Promise<SettledFinding[]> {
  const findings: SettledFinding[] = [];
  await auditLinks(
    { repairing: true },
    {
      ...tokenDependencies(stack),
      database: stack,
      mayGoOn: () => true,
      onFinding: (finding) => void findings.push(finding),
    },
  );
  return findings;
}

const named = ({ kind, userId, accountId }: { kind: string; userId: string; accountId: string }) => [
  kind,
  userId,
  accountId,
];

const linesOf = (stdout: string) =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

const reference = (userId: ObjectId, accountId: ObjectId) =>
  users(stack.db).updateOne({ _id: userId }, { $push: { socialAccounts: accountId } });

const referencesOf = async (userId: ObjectId) =>
  (await users(stack.db).findOne({ _id: userId }))?.socialAccounts?.map(String);
