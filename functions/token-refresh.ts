import type { Logger } from "@aws-lambda-powertools/logger";
import type { Context } from "aws-lambda";
import { countRevocations, dueRevocations } from "../lib/accounts/pending-revocations.ts";
import { publishAuditEvents } from "../lib/audit/publish-events.ts";
import { eventBridgeBus } from "../lib/config/event-bus.ts";
import type { Database } from "../lib/mongo/connection.ts";
import { deadlineIn } from "../lib/mongo/deadline.ts";
import { describeError } from "../lib/observability/describe-error.ts";
import { DEFAULT_LIMITS, refreshDueAccounts } from "../lib/refresh/refresh-due-accounts.ts";
import { staleProfiles } from "../lib/refresh/stale-profiles.ts";
import type { TokenDependencies } from "../lib/tokens/dependencies.ts";
import { tryRevocation } from "../lib/tokens/revoke-pending.ts";
import { type RunNumbers, refreshMetrics } from "./jobs/refresh-metrics.ts";
import { remainingMs } from "./jobs/remaining-time.ts";
import { tokenDependencies } from "./jobs/token-dependencies.ts";
import { JOB_POOL, lazyRuntime, loggerOf, metricsOf, type Runtime } from "./runtime.ts";

const REVOKE_DEADLINE_MS = 10_000;

const runtime = lazyRuntime("token-refresh", JOB_POOL);
const logger = loggerOf("token-refresh");
const emitMetrics = metricsOf("token-refresh");

export interface RefreshResult extends RunNumbers {
  profilesFetched: number;
  revocations: Record<string, number>;
}

/** Refreshes the due tokens first; then, as far as time is left, revokes, publishes and brings profiles up to date. */
export async function refreshTokens(
  database: Database,
  built: Runtime,
  log: Logger,
  remainingMs: number,
): Promise<RefreshResult> {
  const deps = await tokenDependencies(built, database, log, deadlineIn(remainingMs * 0.95));
  const profiles = staleProfiles(deps);
  const report = await refreshDueAccounts({
    ...deps,
    limits: { ...DEFAULT_LIMITS, concurrency: built.env.REFRESH_CONCURRENCY },
    afterRefresh: (account, { grant }) => profiles.offer(account, grant),
  });
  const revocations = await orElse({}, "revocations not tried", log, revokePending(deps));
  const eventsPublished = await orElse(0, "events not published", log, publishPending(deps, built));
  const profilesFetched = await profiles.finish();
  const revocationsPending = await orElse(undefined, "revocations not counted", log, countRevocations(database.db));
  const result = { ...report, revocations, revocationsPending, eventsPublished, profilesFetched };
  emitMetrics(refreshMetrics(result));
  log.info("refresh run completed", { outcome: report.stopped ?? "ok", ...result });
  return result;
}

async function revokePending(deps: TokenDependencies): Promise<Record<string, number>> {
  const results: Record<string, number> = {};
  for (const revocation of await dueRevocations(deps.database.db, deps.clock())) {
    if (deps.deadline.remaining() < REVOKE_DEADLINE_MS) break;
    const result = await tryRevocation(deps.database.db, revocation, { ...deps, deadlineMs: REVOKE_DEADLINE_MS });
    results[result] = (results[result] ?? 0) + 1;
  }
  return results;
}

async function publishPending({ database, clock, deadline }: TokenDependencies, { env }: Runtime): Promise<number> {
  if (env.EVENT_BUS_NAME === undefined) return 0;
  return publishAuditEvents(database.db, eventBridgeBus(env.EVENT_BUS_NAME), {
    clock,
    mayGoOn: () => deadline.remaining() > 0,
  });
}

/** The tokens are refreshed: what comes after them may fail without failing the run. */
const orElse = <Value>(fallback: Value, what: string, log: Logger, work: Promise<Value>): Promise<Value> =>
  work.catch((error: unknown) => {
    log.error(what, { error: describeError(error) });
    return fallback;
  });

export const handler = (_event: unknown, context?: Context): Promise<RefreshResult> =>
  runtime().mongo.use((database) => refreshTokens(database, runtime(), logger, remainingMs(context)));
