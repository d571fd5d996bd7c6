import { randomBytes } from "node:crypto";
import { type Db, MongoClient, ObjectId } from "mongodb";
import { expect, test } from "vitest";
import { noteRevocation, revocationOf, revocations } from "../lib/accounts/revocations.ts";
import { type SocialAccount, socialAccounts } from "../lib/accounts/social-account.ts";
import { keyIdOf, type TokenCipher, tokenCipher } from "../lib/crypto/token-cipher.ts";
import { resealTokens } from "../lib/integrity/reseal-tokens.ts";
import { placeOf } from "../lib/tokens/seal-pair.ts";
import { runCommand } from "./support/command.ts";
import { linkedAs } from "./support/linked.ts";
import { person } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();
const accounts = socialAccounts(stack.db);
const { k1 = "" } = stack.secret.tokenKeyring.keys;
const k2 = randomBytes(32).toString("base64");
stack.keepSecret(k2);
const rotated = { current: "k2", keys: { k1, k2 } };
const cipher = tokenCipher({ current: "k2", keys: { k1: Buffer.from(k1, "base64"), k2: Buffer.from(k2, "base64") } });

test("a new key takes over every stored pair, and the old key is let go only when nothing needs it", async () => {
  const [ada, bob] = [await linked(), await linked()];
  await noteRevocation(stack.db, revocationOf(ada, new ObjectId(), new Date()));
  const tokensBefore = [ada, bob].map(opened);
  stack.aws.putSecret(stack.environment.SECRET_ID ?? "", { ...stack.secret, tokenKeyring: rotated });

  const dry = await runCommand(stack, "reencrypt");
  const untouched = await allAccounts();
  const applied = await runCommand(stack, "reencrypt", ["--apply"]);
  const resealed = await allAccounts();

  expect(dry).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("3 to reseal") });
  expect(dry.stdout).toContain("Key k1 is needed: 3 documents");
  expect(untouched).toEqual([ada, bob]);
  expect(applied).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("3 resealed") });
  expect(applied.stdout).toContain("Key k1 may be removed, if k2 has been current for 20 minutes.");
  expect(resealed.map(opened)).toEqual(tokensBefore);
  expect(resealed.flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken].map(keyIdOf))).toEqual(
    Array.from({ length: 4 }, () => "k2"),
  );
  expect(resealed.map(withoutTokens)).toEqual([ada, bob].map(withoutTokens));
  expect((await revocations(stack.db).find().toArray()).map(({ refreshToken }) => keyIdOf(refreshToken))).toEqual([
    "k2",
  ]);
  await reseal(cipher);
  expect(await allAccounts()).toEqual(resealed);
});

test("a pair that a refresh stores at the same moment is never overwritten", async () => {
  const before = await linked();
  const newer = { accessToken: seal(before, "accessToken"), refreshToken: seal(before, "refreshToken") };
  const oneConnection = new MongoClient(stack.secret.mongodbUri, { maxPoolSize: 1 }); // so the first to write comes first
  const db = oneConnection.db(stack.db.databaseName);
  const refreshing: Promise<unknown>[] = [];
  const slow: TokenCipher = {
    ...cipher,
    open(envelope, place) {
      if (envelope === before.refreshToken)
        refreshing.push(socialAccounts(db).updateOne({ _id: before._id }, { $set: newer, $inc: { tokenVersion: 1 } }));
      return cipher.open(envelope, place);
    },
  };

  const seen = await reseal(slow, db);
  await Promise.all(refreshing);
  await oneConnection.close();

  const after = await accounts.findOne({ _id: before._id });
  expect(refreshing).toHaveLength(1);
  expect(seen).toContain(`${before._id} current`);
  expect(after).toMatchObject({ ...newer, tokenVersion: before.tokenVersion + 1 });
});

test("what does not open is named and stays as it is", async () => {
  const { _id, accessToken } = await linked();
  const broken = `${accessToken.slice(0, -4)}AAAA`;
  await accounts.updateOne({ _id }, { $set: { accessToken: broken } });

  const { exitCode, stdout } = await runCommand(stack, "reencrypt", ["--apply"]);

  expect(exitCode).toBe(1);
  expect(stdout).toContain(`unreadable  socialaccounts ${_id}`);
  expect(stdout).toContain("Key k1 is needed: 1 documents");
  expect(await accounts.findOne({ _id })).toMatchObject({ accessToken: broken });
});

async function reseal(sealing: TokenCipher, db: Db = stack.db): Promise<string[]> {
  const seen: string[] = [];
  await resealTokens(
    "socialaccounts",
    { applying: true },
    {
      db,
      cipher: sealing,
      mayGoOn: () => true,
      onPair: (_, id, resealing) => void seen.push(`${id} ${resealing}`),
      onProgress: () => undefined,
    },
  );
  return seen;
}

async function linked(): Promise<SocialAccount> {
  const { accountId } = await linkedAs(await person(stack), stack.tiktok.addAccount().openId);
  const account = await accounts.findOne({ _id: new ObjectId(accountId) });
  if (!account) throw new Error("Not linked");
  return account;
}

const allAccounts = () => accounts.find().sort({ _id: 1 }).toArray();

const opened = (account: SocialAccount) => [
  cipher.open(account.accessToken, placeOf(account, "accessToken")),
  cipher.open(account.refreshToken, placeOf(account, "refreshToken")),
];

const seal = (account: SocialAccount, field: "accessToken" | "refreshToken") =>
  cipher.seal(`newer ${field}`, placeOf(account, field));

const withoutTokens = (account: SocialAccount) => ({ ...account, accessToken: "", refreshToken: "" });
