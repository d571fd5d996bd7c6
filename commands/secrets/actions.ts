import { UsageProblem } from "../exit-code.ts";
import { AFTERWARDS, type Field, withField } from "./edit.ts";
import { type Keyring, keyringStep, nextStep, withPublishedKey } from "./keyring.ts";
import { removeKey } from "./remove-key.ts";
import { checked, type SecretPlace, type StoredSecret } from "./stored-secret.ts";

/** What was done, or why nothing was done yet, in sentences for the person at the terminal. */
export interface Done {
  readonly isDone: boolean;
  readonly lines: readonly string[];
}

const done = (...lines: string[]): Done => ({ isDone: true, lines });

export async function writeFirst(place: SecretPlace, written: object, create: boolean): Promise<Done> {
  const value = checked(written, "This is no valid secret");
  await (create ? place.create(value) : place.write(value, undefined));
  return done(
    "Written. Keep a copy of the token key where only few can read it: without it every stored token is lost.",
  );
}

export async function putField(place: SecretPlace, before: StoredSecret, field: Field, value: string): Promise<Done> {
  if (value === "") throw new UsageProblem(`${field} would be empty: nothing was written`);
  const after = withField(before.value, field, value);
  if (JSON.stringify(after) === JSON.stringify(before.value)) return done(`${field} has that value already.`);
  await place.write(after, before);
  return done(`${field} is written. ${AFTERWARDS[field]}`);
}

/** Publishes a new key or makes the published one current, whichever is next; does nothing while that is not safe. */
export async function rotateKey(place: SecretPlace, before: StoredSecret, now: Date): Promise<Done> {
  const { tokenKeyring } = before.value;
  const step = keyringStep(tokenKeyring, before.writtenAt);
  if (step.kind === "switched" || (step.kind === "published" && now < step.safeAt))
    return { isDone: false, lines: [nextStep(step)] };
  if (step.kind === "published") {
    const next = await writeKeyring(place, before, { ...tokenKeyring, current: step.keyId });
    return done(`${step.keyId} is current.`, next);
  }
  const { keyring, keyId } = withPublishedKey(tokenKeyring);
  const next = await writeKeyring(place, before, keyring);
  return done(`${keyId} is published, not in use yet.`, next);
}

export async function dropKey(place: SecretPlace, before: StoredSecret, keyId: string, now: Date): Promise<Done> {
  const keyring = await removeKey(before.value.tokenKeyring, keyId, before.writtenAt, now);
  return done(`${keyId} is removed.`, await writeKeyring(place, before, keyring));
}

/** Writes it and says what comes next. */
async function writeKeyring(place: SecretPlace, before: StoredSecret, tokenKeyring: Keyring): Promise<string> {
  await place.write({ ...before.value, tokenKeyring }, before);
  const now = await place.read();
  return now ? nextStep(keyringStep(now.value.tokenKeyring, now.writtenAt)) : "";
}
