import { currentCipher, type Runtime } from "../functions/runtime.ts";
import { sqsQueue } from "../lib/config/sqs.ts";
import {
  countSealedWith,
  type Resealing,
  resealTokens,
  type SealedCollection,
} from "../lib/integrity/reseal-tokens.ts";
import type { Database } from "../lib/mongo/connection.ts";
import { runCommand } from "./command.ts";
import { objectIdIn } from "./object-id.ts";

const USAGE = `Seals every stored token with the keyring's current key and says when an older key may be removed. Safe beside live traffic.

  npm run reencrypt [-- options]

  --apply       do it; without it nothing is changed
  --from <id>   go on after this id
  --help        this text

Safe to run again, and to stop with Ctrl-C. Rotating a key: add the new one to the keyring; after 20 minutes, when every function
has read it, make it current; after 20 minutes more run this with --apply; remove the old one when this says so.

Exit code 0: nothing is sealed with an older key. 1: something is.`;

await runCommand({
  name: "reencrypt",
  usage: USAGE,
  options: { apply: { type: "boolean", default: false }, from: { type: "string" } },
  async run({ values, runtime, database, say, mayGoOn }) {
    const cipher = await currentCipher(runtime);
    const from = objectIdIn("--from", values.from);
    const counts: Partial<Record<Resealing, number>> = {};
    function onPair(collection: SealedCollection, id: unknown, resealing: Resealing): void {
      counts[resealing] = (counts[resealing] ?? 0) + 1;
      if (resealing === "unreadable" || resealing === "not_adopted") say(`${resealing}  ${collection} ${id}`);
    }
    let through: string | undefined;
    const onProgress = (_: SealedCollection, id: unknown) => {
      through = String(id);
      process.stderr.write(`${inWords(counts, values.apply)}, through ${through}\n`);
    };
    const deps = { db: database.db, cipher, mayGoOn, onPair, onProgress };
    await resealTokens("revocations", { applying: values.apply }, { ...deps, mayGoOn: () => true }); // few, so always all
    if (!(await resealTokens("socialaccounts", { from, applying: values.apply }, deps))) {
      say(`Stopped; go on with --from ${through}`);
      return false;
    }
    say(`${inWords(counts, values.apply)}.`);
    return adviseOnOlderKeys(runtime, database, say);
  },
});

function inWords(counts: Partial<Record<Resealing, number>>, applied: boolean): string {
  const { resealed = 0, current = 0, unreadable = 0, not_adopted = 0, changed_meanwhile = 0 } = counts;
  const done = applied ? `${resealed} resealed` : `${resealed} to reseal (nothing was changed: --apply does it)`;
  return `${done}, ${current} were current, ${unreadable} do not open, ${not_adopted} not adopted, ${changed_meanwhile} kept changing`;
}

async function adviseOnOlderKeys(
  { secrets, env }: Runtime,
  { db }: Database,
  say: (line: string) => void,
): Promise<boolean> {
  const { tokenKeyring } = await secrets.current();
  const rescueWaits = env.RESCUE_QUEUE_URL !== undefined && (await sqsQueue(env.RESCUE_QUEUE_URL).isOccupied());
  const older = Object.keys(tokenKeyring.keys).filter((keyId) => keyId !== tokenKeyring.current);
  let left = 0;
  for (const keyId of older) {
    const count = await countSealedWith(db, keyId);
    left += count;
    if (count > 0) say(`Key ${keyId} is needed: ${count} documents are sealed with it.`);
    else if (rescueWaits)
      say(`Key ${keyId} may be needed: pairs wait in the rescue queue. Run this again when it is empty.`);
    else say(`Key ${keyId} may be removed, if ${tokenKeyring.current} has been current for 20 minutes.`);
  }
  return left === 0 && !(rescueWaits && older.length > 0);
}
