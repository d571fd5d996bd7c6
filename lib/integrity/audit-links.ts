import type { ObjectId } from "mongodb";
import type { Clock } from "../clock.ts";
import type { TokenCipher } from "../crypto/token-cipher.ts";
import type { FindingKind, SettledFinding, Suspect } from "./finding.ts";
import { idRanges } from "./id-ranges.ts";
import { type SettleDependencies, settle } from "./settle.ts";
import { suspectAccounts } from "./suspect-accounts.ts";
import { suspectDuplicates } from "./suspect-duplicates.ts";
import { suspectReferences } from "./suspect-references.ts";

export interface AuditDependencies extends SettleDependencies {
  readonly cipher: TokenCipher;
  readonly clock: Clock;
  /** Asked between batches. */
  readonly mayGoOn: () => boolean;
  readonly onFinding: (finding: SettledFinding) => void;
}

export interface AuditReport {
  users: number;
  accounts: number;
  found: Partial<Record<FindingKind, number>>;
  repaired: number;
  /** Repairs that failed; the next run tries them again. */
  failed: number;
  /** Set when it was stopped: everything up to this id has been looked at. */
  unfinishedAfter: string | null;
}

/** Looks for links that do not fit together, by ranges of ids, beside live traffic; repairs them only when asked to. */
export async function auditLinks(
  { from, repairing }: { from?: ObjectId | undefined; repairing: boolean },
  deps: AuditDependencies,
): Promise<AuditReport> {
  const { db } = deps.database;
  const report: AuditReport = { users: 0, accounts: 0, found: {}, repaired: 0, failed: 0, unfinishedAfter: null };

  async function settleAll(suspects: readonly Suspect[]): Promise<void> {
    for (const suspect of suspects) {
      const settlement = await settle(suspect, repairing, deps);
      if (settlement === "vanished") continue;
      const { kind } = suspect.finding;
      report.found[kind] = (report.found[kind] ?? 0) + 1;
      if (settlement === "repaired") report.repaired += 1;
      if (settlement === "failed") report.failed += 1;
      deps.onFinding({ ...suspect.finding, settlement });
    }
  }

  await settleAll(await suspectDuplicates(db, deps.clock));
  for await (const { users, accounts, through } of idRanges(db, from)) {
    await settleAll(await suspectReferences(db, users));
    await settleAll(await suspectAccounts(accounts, { ...deps, db }));
    report.users += users.length;
    report.accounts += accounts.length;
    if (!deps.mayGoOn()) return { ...report, unfinishedAfter: through.toHexString() };
  }
  return report;
}
