import { runCommand } from "./command.ts";
import { createIndexes } from "./create-indexes.ts";

const USAGE = `Creates the indexes that are missing, and switches the one that ACCOUNT_OWNERSHIP decides on. Run it at every deploy.

  npm run indexes

Exit code 1: documents share a key that has to be unique; they are listed, and their index is not there yet.
npm run audit -- --repair keeps one of several rows that one user has for one account.`;

await runCommand({
  name: "indexes",
  usage: USAGE,
  options: {},
  async run({ runtime, database, say }) {
    const { created, dropped, duplicates } = await createIndexes(database.db, runtime.env.ACCOUNT_OWNERSHIP);
    for (const index of dropped) say(`dropped    ${index}`);
    for (const index of created) say(`created    ${index}`);
    for (const { index, key, ids } of duplicates) say(`duplicate  ${index}  ${JSON.stringify(key)}  ${ids.join(" ")}`);
    say(`${created.length} created, ${dropped.length} dropped, ${duplicates.length} keys that are not unique.`);
    return duplicates.length === 0;
  },
});
