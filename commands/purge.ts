import { currentCipher, loggerOf, tiktokApp } from "../functions/runtime.ts";
import { dataOf, type PersonsData, purgeUser } from "../lib/integrity/purge-user.ts";
import { runCommand } from "./command.ts";
import { UsageProblem } from "./exit-code.ts";
import { objectIdIn } from "./object-id.ts";

const USAGE = `Removes everything that is kept about a person: TikTok accounts and the references to them, connections under way, events and
posts; and ends the authorizations at TikTok, unless somebody else has the same account connected. The app's own user document stays.

  npm run purge -- --user <id> [--yes]

  --user <id>   whom
  --yes         do it; without it nothing is changed
  --help        this text

Exit code 0: nothing is left. 1: TikTok has not confirmed yet, and the refresh job goes on trying; or an account was connected meanwhile.`;

const REVOKE_DEADLINE_MS = 10_000;

await runCommand({
  name: "purge",
  usage: USAGE,
  options: { user: { type: "string" }, yes: { type: "boolean", default: false } },
  async run({ values, runtime, database, say }) {
    const userId = objectIdIn("--user", values.user);
    if (!userId) throw new UsageProblem("--user says whom to remove");
    const data = await dataOf(database.db, userId);
    if (data.notAdopted.length > 0)
      throw new UsageProblem(`not adopted yet, so not to be revoked: ${data.notAdopted.join(" ")}; run adopt first`);
    say(inWords(data));
    if (!values.yes) {
      say("Nothing was changed: --yes removes it.");
      return true;
    }
    const results = await purgeUser(userId, {
      ...runtime,
      database,
      tiktok: tiktokApp(runtime),
      cipher: await currentCipher(runtime),
      log: loggerOf("purge"),
      deadlineMs: REVOKE_DEADLINE_MS,
    });
    const { revoked = 0, dropped = 0, expired = 0, later = 0 } = results;
    say(
      `Removed. Authorizations: ${revoked} revoked, ${dropped} kept for another user, ${expired} expired, ${later} to be revoked later.`,
    );
    const { accounts } = await dataOf(database.db, userId);
    if (accounts.length > 0) say("An account was connected meanwhile: run this again.");
    return later === 0 && accounts.length === 0;
  },
});

function inWords({ accounts, pendingRevocations, records }: PersonsData): string {
  const { oauthstates, auditevents, posts } = records;
  return `${accounts.length} accounts, ${oauthstates} connections under way, ${auditevents} events, ${posts} posts, ${pendingRevocations} pending revocations.`;
}
