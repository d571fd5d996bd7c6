import type { Context } from "aws-lambda";
import { type AuditReport, auditLinks } from "../lib/integrity/audit-links.ts";
import type { SettledFinding } from "../lib/integrity/finding.ts";
import { deadlineIn } from "../lib/mongo/deadline.ts";
import type { MetricValues } from "../lib/observability/metrics.ts";
import { remainingMs } from "./jobs/remaining-time.ts";
import { currentCipher, JOB_POOL, lazyRuntime, loggerOf, metricsOf } from "./runtime.ts";

const runtime = lazyRuntime("integrity-audit", JOB_POOL);
const logger = loggerOf("integrity-audit");
const emitMetrics = metricsOf("integrity-audit");
const MARGIN_MS = 20_000;
const NAMED = 100;

export interface AuditResult extends AuditReport {
  /** The first hundred; `npm run audit` names all of them. */
  findings: readonly SettledFinding[];
}

/** Reports what does not fit together, and changes nothing: repairs are for a person to start. */
export async function handler(_event: unknown, context?: Context): Promise<AuditResult> {
  const deadline = deadlineIn(remainingMs(context) - MARGIN_MS);
  const findings: SettledFinding[] = [];
  const report = await runtime().mongo.use(async (database) => {
    findings.length = 0;
    return auditLinks(
      { repairing: false },
      {
        ...runtime(),
        database,
        cipher: await currentCipher(runtime()),
        log: logger,
        mayGoOn: () => deadline.remaining() > 0,
        onFinding: (finding) => void (findings.length < NAMED && findings.push(finding)),
      },
    );
  });
  emitMetrics(auditMetrics(report));
  for (const { userId, accountId, ...finding } of findings)
    logger.warn("integrity finding", { outcome: finding.kind, userId, accountId, detail: finding.detail });
  logger.info("integrity audit completed", {
    outcome: report.unfinishedAfter === null ? "ok" : "unfinished",
    ...report,
  });
  return { ...report, findings };
}

function auditMetrics({ accounts, found, unfinishedAfter }: AuditReport): MetricValues {
  const { token_unreadable = 0, account_overdue = 0, ...broken } = found;
  return {
    AccountsChecked: accounts,
    LinksBroken: Object.values(broken).reduce((sum, count) => sum + count, 0),
    TokenUnreadable: token_unreadable,
    AccountsOverdue: account_overdue,
    AuditUnfinished: unfinishedAfter === null ? 0 : 1,
  };
}
