import { JOB_POOL, lazyRuntime } from "../../functions/runtime.ts";
import { sqsQueue } from "../../lib/config/sqs.ts";
import { countSealedWith } from "../../lib/integrity/reseal-tokens.ts";
import { UsageProblem } from "../exit-code.ts";
import { EVERYBODY_KNOWS_AFTER_MS, type Keyring, time, withoutKey } from "./keyring.ts";

/** The keyring without a key that nothing needs any more, as the database and the rescue queue say. */
export async function removeKey(keyring: Keyring, keyId: string, writtenAt: Date, now: Date): Promise<Keyring> {
  if (!(keyId in keyring.keys)) throw new UsageProblem(`There is no key ${keyId}`);
  if (keyId === keyring.current) throw new UsageProblem(`${keyId} is the current key: rotate-key first`);
  const safeAt = new Date(writtenAt.getTime() + EVERYBODY_KNOWS_AFTER_MS);
  if (now < safeAt) throw new UsageProblem(`Functions may still seal with ${keyId}: wait until ${time(safeAt)}`);
  const { mongo, env } = lazyRuntime("secrets", JOB_POOL)();
  const count = await mongo.use(({ db }) => countSealedWith(db, keyId)).finally(() => mongo.close());
  if (count > 0)
    throw new UsageProblem(`${count} documents are sealed with ${keyId}: npm run reencrypt -- --apply first`);
  if (env.RESCUE_QUEUE_URL !== undefined && (await sqsQueue(env.RESCUE_QUEUE_URL).isOccupied()))
    throw new UsageProblem(`Pairs sealed with ${keyId} may wait in the rescue queue: run this again when it is empty`);
  return withoutKey(keyring, keyId);
}
