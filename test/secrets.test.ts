import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { rotateKey } from "../commands/secrets/actions.ts";
import { describeSecret } from "../commands/secrets/describe.ts";
import { withField } from "../commands/secrets/edit.ts";
import { keyringStep } from "../commands/secrets/keyring.ts";
import { askUnseen } from "../commands/secrets/read-value.ts";
import { removeKey } from "../commands/secrets/remove-key.ts";
import { type SecretJson, secretPlace } from "../commands/secrets/stored-secret.ts";
import { after } from "../lib/clock.ts";
import { sqsQueue } from "../lib/config/sqs.ts";
import { runCommand } from "./support/command.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();
const MINUTE_MS = 60_000;
const key = () => kept(randomBytes(32).toString("base64"));

test("the first secret is written from a file with a key of its own, once", async () => {
  const { id, environment } = fresh();
  stack.aws.putSecret(id, "no value of ours");
  const clientSecret = kept(randomBytes(24).toString("hex"));
  const file = join(tmpdir(), `${randomBytes(8).toString("hex")}.json`);
  onTestFinished(() => rm(file));
  await writeFile(file, JSON.stringify({ ...secretWith({ clientSecret }), tokenKeyring: undefined }));
  const other = fresh();

  const created = await runCommand(stack, "secrets", ["init", "--create", "--from", file], other.environment);
  const again = await runCommand(stack, "secrets", ["init", "--create", "--from", file], other.environment);
  const invalid = await runCommand(stack, "secrets", ["show"], environment);

  const stored = await secretPlace(other.id).read();
  kept(stored?.value.tokenKeyring.keys.k1 ?? "");
  expect(created).toMatchObject({ exitCode: 0, stderr: "" });
  expect(stored?.value.tiktok.clientSecret).toBe(clientSecret);
  expect(Object.keys(stored?.value.tokenKeyring.keys ?? {})).toEqual(["k1"]);
  expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("There is a value already") });
  expect(invalid.exitCode).toBe(2);
  expect(invalid.stderr).toContain("What is stored is no valid secret");
});

test("a new client secret keeps the one before for the webhooks that it signed", () => {
  const before = secretWith({ clientSecret: "the old one" });

  const changed = withField(before, "tiktok.clientSecret", "the new one");

  expect(changed.tiktok).toMatchObject({ clientSecret: "the new one", previousClientSecret: "the old one" });
  expect(withField(changed, "tiktok.clientSecret", "the new one")).toEqual(changed);
});

test("a field is put from a file, and what else there is stays", async () => {
  const { id, environment } = fresh();
  const before = secretWith({});
  stack.aws.putSecret(id, before);
  const clientSecret = kept(randomBytes(24).toString("hex"));
  const file = join(tmpdir(), `${randomBytes(8).toString("hex")}.txt`);
  onTestFinished(() => rm(file));
  await writeFile(file, `${clientSecret}\n`);

  const { exitCode } = await runCommand(stack, "secrets", ["put", "tiktok.clientSecret", "--from", file], environment);

  const { clientSecret: previousClientSecret } = before.tiktok;
  expect(exitCode).toBe(0);
  expect((await secretPlace(id).read())?.value).toEqual({
    ...before,
    tiktok: { ...before.tiktok, clientSecret, previousClientSecret },
  });
});

test("a new session secret is tried first and the one before still counts", () => {
  const before = { ...secretWith({}), sessionSecrets: ["second", "first"] };

  expect(withField(before, "sessionSecrets", "third").sessionSecrets).toEqual(["third", "second"]);
  expect(withField(before, "sessionSecrets", "first").sessionSecrets).toEqual(["first", "second"]);
});

test("a value that would make the secret invalid is not written, and not shown", async () => {
  const { id } = fresh();
  stack.aws.putSecret(id, secretWith({}));
  const place = secretPlace(id);
  const before = await place.read();
  const wrong = kept(`postgres://app:${randomBytes(9).toString("hex")}@db.example.com`);

  const writing = place.write(withField(secretWith({}), "mongodbUri", wrong), before);

  await expect(writing).rejects.toThrow(/mongodbUri/);
  await expect(writing).rejects.not.toThrow(wrong);
  expect(await place.read()).toEqual(before);
});

test("a change that somebody else has overtaken is not written over theirs", async () => {
  const { id } = fresh();
  stack.aws.putSecret(id, secretWith({}));
  const place = secretPlace(id);
  const before = await place.read();
  const theirs = secretWith({ clientKey: "theirs" });
  stack.aws.putSecret(id, theirs);

  await expect(place.write(secretWith({ clientKey: "ours" }), before)).rejects.toThrow("Somebody else");
  expect((await place.read())?.value).toEqual(theirs);
});

test("a key is published first, becomes current when every function knows it, and the old one stays", async () => {
  const { id } = fresh();
  stack.aws.putSecret(id, secretWith({}));
  const place = secretPlace(id);

  const published = await rotated(place, 0);
  const tooSoon = await rotated(place, 19);
  const switched = await rotated(place, 21);
  const finished = await rotated(place, 60);

  expect(published).toMatchObject({ isDone: true, keyring: { current: "k1", ids: ["k1", "k2"] } });
  expect(published.lines[0]).toBe("k2 is published, not in use yet.");
  expect(tooSoon).toMatchObject({ isDone: false, keyring: { current: "k1", ids: ["k1", "k2"] } });
  expect(switched).toMatchObject({ isDone: true, keyring: { current: "k2", ids: ["k1", "k2"] } });
  expect(switched.lines[1]).toContain("npm run reencrypt -- --apply, then remove-key k1.");
  expect(finished).toMatchObject({ isDone: false, keyring: { current: "k2", ids: ["k1", "k2"] } });
});

test("a key goes when it is long out of use and nothing is sealed with it, stored or waiting to be", async () => {
  const keyring = { current: "k2", keys: { k1: key(), k2: key() } };
  const rescues = stack.aws.queue("rescues");
  onTestFinished(() => void delete process.env.RESCUE_QUEUE_URL);
  process.env.RESCUE_QUEUE_URL = rescues.url;
  const writtenAt = new Date();
  const removing = (keyId: string, minutes = 21) =>
    removeKey(keyring, keyId, writtenAt, after(writtenAt, minutes * MINUTE_MS));

  await expect(removing("k2")).rejects.toThrow("k2 is the current key");
  await expect(removing("k3")).rejects.toThrow("There is no key k3");
  await expect(removing("k1", 19)).rejects.toThrow("wait until");
  await stack.db.collection("revocations").insertOne({ refreshToken: "v1.k1.iv.text.tag" });
  await expect(removing("k1")).rejects.toThrow("1 documents are sealed with k1");
  await stack.db.collection("revocations").deleteMany({});
  await sqsQueue(rescues.url).send("a pair");
  await expect(removing("k1")).rejects.toThrow("rescue queue");
  delete process.env.RESCUE_QUEUE_URL;
  expect(await removing("k1")).toEqual({ current: "k2", keys: { k2: keyring.keys.k2 } });
});

test("what is shown are names, lengths and key ids", () => {
  const value = secretWith({ clientSecret: "a secret of TikTok" });

  const shown = describeSecret({ value, versionId: "1", writtenAt: new Date("2026-11-23T10:00:00Z") }).join("\n");

  expect(shown).toContain("tiktok.clientSecret          18 characters");
  expect(shown).toContain("k1 (current)");
  expect(shown).not.toContain("a secret of TikTok");
  expect(shown).not.toContain(value.tokenKeyring.keys.k1);
  expect(shown).not.toContain(value.mongodbUri);
});

test("an answer on the terminal is read without being shown", async () => {
  const input = new PassThrough();
  const output = new PassThrough();
  const asking = askUnseen("tiktok.clientSecret", { input, output });

  input.write("typed in secret\r");
  const answer = await asking;
  output.end();

  expect(answer).toBe("typed in secret");
  expect(await text(output)).toBe("tiktok.clientSecret: \n");
});

test("a value among the arguments is refused and not repeated", async () => {
  const { environment } = fresh();
  const value = kept(randomBytes(16).toString("hex"));

  const refused = await runCommand(stack, "secrets", ["put", "tiktok.clientSecret", value], environment);

  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("a value is never one of them") });
});

async function rotated(place: ReturnType<typeof secretPlace>, minutesLater: number) {
  const before = await place.read();
  if (!before) throw new Error("There is no secret");
  const { isDone, lines } = await rotateKey(place, before, after(before.writtenAt, minutesLater * MINUTE_MS));
  const { current, keys } = (await place.read())?.value.tokenKeyring ?? before.value.tokenKeyring;
  for (const made of Object.values(keys)) kept(made);
  return {
    isDone,
    lines,
    keyring: { current, ids: Object.keys(keys) },
    step: keyringStep({ current, keys }, new Date()),
  };
}

function fresh() {
  const id = `secret-${randomBytes(6).toString("hex")}`;
  return { id, environment: { ...stack.environment, SECRET_ID: id } };
}

function kept(secret: string): string {
  stack.keepSecret(secret);
  return secret;
}

function secretWith(tiktok: Partial<SecretJson["tiktok"]>): SecretJson {
  return {
    ...stack.secret,
    tiktok: { clientKey: "aw-some-client", clientSecret: "some client secret", ...tiktok },
  };
}
