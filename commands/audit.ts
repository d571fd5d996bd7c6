import { currentCipher, loggerOf } from "../functions/runtime.ts";
import { type AuditReport, auditLinks } from "../lib/integrity/audit-links.ts";
import type { SettledFinding } from "../lib/integrity/finding.ts";
import { runCommand } from "./command.ts";
import { objectIdIn } from "./object-id.ts";

const USAGE = `Looks for users and accounts that do not fit together, and repairs them if told to. Safe beside live traffic.

  npm run audit [-- options]

  --repair      repair what a program can; without it nothing is changed
  --json        one JSON object per line
  --from <id>   go on after this id
  --help        this text

reference_without_account      the reference is removed
reference_to_foreign_account   the reference is removed
account_without_user           the account is removed and its authorization revoked
account_without_reference      the reference is restored
duplicate_account              the row with the newest tokens stays, the others go
token_unreadable               named only: a key is missing from the keyring, or the person has to connect again
account_overdue                named only: the refresh job is not running or far behind
account_not_adopted            named only: npm run adopt

Exit code 0: nothing is left to do. 1: something is.`;

await runCommand({
  name: "audit",
  usage: USAGE,
  options: { repair: { type: "boolean" }, json: { type: "boolean" }, from: { type: "string" } },
  async run({ values, runtime, database, say, mayGoOn }) {
    const report = await auditLinks(
      { from: objectIdIn("--from", values.from), repairing: values.repair ?? false },
      {
        ...runtime,
        database,
        cipher: await currentCipher(runtime),
        log: loggerOf("audit"),
        mayGoOn,
        onFinding: (finding) => say(values.json ? JSON.stringify(finding) : lineOf(finding)),
      },
    );
    say(values.json ? JSON.stringify({ report }) : summaryOf(report));
    return total(report) === report.repaired;
  },
});

function lineOf({ kind, userId, accountId, detail = "", settlement }: SettledFinding): string {
  return `${settlement.padEnd(8)}  ${kind}  user ${userId}  account ${accountId}  ${detail}`.trimEnd();
}

function summaryOf(report: AuditReport): string {
  const { users, accounts, repaired, unfinishedAfter } = report;
  const counted = `${users} users with references and ${accounts} accounts checked: ${total(report)} found, ${repaired} repaired.`;
  return unfinishedAfter === null ? counted : `${counted}\nStopped; go on with --from ${unfinishedAfter}`;
}

function total({ found }: AuditReport): number {
  return Object.values(found).reduce((sum, count) => sum + count, 0);
}
