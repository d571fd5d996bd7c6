import { currentCipher } from "../functions/runtime.ts";
import { type Adoption, type AdoptionReport, adoptAccounts } from "../lib/integrity/adopt-accounts.ts";
import { runCommand } from "./command.ts";
import { objectIdIn } from "./object-id.ts";

const USAGE = `Takes over the TikTok accounts that an app has stored in plain text: encrypts the tokens, fills in what is missing,
converts user ids and references that are text, and puts the accounts into the refresh queue.

  npm run adopt [-- options]

  --apply       do it; without it nothing is changed
  --from <id>   go on after this id
  --help        this text

Safe to run again, and to stop with Ctrl-C: an account is taken over whole or not at all. Stop the app's own refresh job first.

Exit code 0: nothing is left to do. 1: some accounts are left as they were; they are listed.`;

const SILENT: ReadonlySet<Adoption> = new Set(["adopted", "own", "other_platform"]);
const LEFT: readonly Adoption[] = [
  "user_id_unusable",
  "account_id_missing",
  "token_damaged",
  "duplicate",
  "changed_meanwhile",
];

await runCommand({
  name: "adopt",
  usage: USAGE,
  options: { apply: { type: "boolean", default: false }, from: { type: "string" } },
  async run({ values, runtime, database, say, mayGoOn }) {
    const report = await adoptAccounts(
      { from: objectIdIn("--from", values.from), applying: values.apply },
      {
        ...runtime,
        database,
        cipher: await currentCipher(runtime),
        mayGoOn,
        onAccount(account, adoption) {
          if (!SILENT.has(adoption)) say(`${adoption}  account ${account._id}  user ${account.userId}`);
        },
      },
    );
    say(summaryOf(report, values.apply));
    return LEFT.every((adoption) => report.counts[adoption] === undefined);
  },
});

function summaryOf({ counts, unfinishedAfter }: AdoptionReport, applied: boolean): string {
  const adopted = (counts.adopted ?? 0) + (counts.adopted_without_user ?? 0);
  const left = LEFT.reduce((sum, adoption) => sum + (counts[adoption] ?? 0), 0);
  const done = applied ? `${adopted} adopted` : `${adopted} to adopt (nothing was changed: --apply does it)`;
  const orphans = counts.adopted_without_user
    ? `\n${counts.adopted_without_user} of them have no user: npm run audit`
    : "";
  const rest = unfinishedAfter === null ? "" : `\nStopped; go on with --from ${unfinishedAfter}`;
  return `${done}, ${left} left as they were, ${counts.own ?? 0} adopted before, ${counts.other_platform ?? 0} of other platforms.${orphans}${rest}`;
}
