import { systemClock } from "../lib/clock.ts";
import { verifyUser } from "../lib/integrity/verify-user.ts";
import { runCommand } from "./command.ts";
import { UsageProblem } from "./exit-code.ts";
import { objectIdIn } from "./object-id.ts";

const USAGE = `Says in words whether a user and their connected accounts agree, in both collections. Changes nothing.

  npm run verify -- --user <id>

Reads the database that the environment names. Exit code 1: something does not hold.
npm run audit looks at everybody and can repair.`;

await runCommand({
  name: "verify",
  usage: USAGE,
  options: { user: { type: "string" } },
  async run({ values, database, say }) {
    const userId = objectIdIn("--user", values.user);
    if (!userId) throw new UsageProblem("--user says whose accounts to look at");
    const statements = await verifyUser(database.db, userId, systemClock());
    for (const { holds, text } of statements) say(`${holds ? "✓" : "✗"} ${text}`);
    const isWell = statements.every(({ holds }) => holds);
    say(isWell ? "Both sides agree." : "Not everything is as it should be.");
    return isWell;
  },
});
