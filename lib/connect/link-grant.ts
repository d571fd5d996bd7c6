import { type ClientSession, ObjectId } from "mongodb";
import {
  type GrantedAccount,
  type LinkResult,
  type LinkRules,
  linkAccount,
  replaceNulls,
} from "../accounts/link-account.ts";
import { appendAuditEvent, auditEvent, unlinkedEvent } from "../audit/audit-event.ts";
import type { Clock, Random } from "../clock.ts";
import type { TokenCipher } from "../crypto/token-cipher.ts";
import type { Database } from "../mongo/connection.ts";
import { isDuplicateKey, isUnfitForUpdate } from "../mongo/errors.ts";
import { inTransaction } from "../mongo/transaction.ts";
import { type ClaimedConnection, settleInTransaction } from "../oauth/pending-connection.ts";
import type { Log } from "../observability/log.ts";
import type { AccountMetadata, TokenGrant } from "../platform.ts";
import { sealGrant } from "../tokens/seal-grant.ts";
import { type FinalOutcome, failed } from "./outcome.ts";

const TRANSACTION_DEADLINE_MS = 6_000;
const MAX_RUNS = 3;

export interface LinkDependencies {
  readonly database: Database;
  readonly cipher: TokenCipher;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly rules: LinkRules;
}

/** Writes account, reference, audit event and outcome in one transaction. Throws when the database fails; the outcome is then unknown. */
export async function linkGrant(
  connection: ClaimedConnection,
  grant: TokenGrant,
  metadata: AccountMetadata,
  deps: LinkDependencies,
): Promise<FinalOutcome> {
  const { database, clock, random, log, rules } = deps;
  const granted: GrantedAccount = {
    ...sealGrant(grant, connection, deps),
    userId: connection.userId,
    platform: connection.platform,
    platformAccountId: grant.platformAccountId,
    metadata,
    connectedAt: clock(),
  };
  const newId = new ObjectId();

  async function link(session: ClientSession): Promise<LinkResult> {
    const result = await linkAccount(database.db, granted, newId, rules, session);
    if (result.kind !== "linked") return result;
    const at = granted.connectedAt;
    const { account, takenOver } = result;
    for (const former of takenOver)
      await appendAuditEvent(database.db, unlinkedEvent(former, at, "taken_over"), session);
    await appendAuditEvent(database.db, auditEvent("SocialAccountLinked", account, at), session);
    await settleInTransaction(database.db, connection._id, linkedOutcome(connection, account._id), session);
    return result;
  }

  async function linkAfterNulls(session: ClientSession): Promise<LinkResult> {
    await replaceNulls(database.db, granted, session);
    return link(session);
  }

  const run = (work: typeof link, runs: number): Promise<LinkResult> =>
    inTransaction(database.client, work, { deadlineMs: TRANSACTION_DEADLINE_MS, random }).catch((error: unknown) => {
      if (runs === MAX_RUNS) throw error;
      // another callback linked the same account meanwhile: the next run finds its row
      if (isDuplicateKey(error)) return run(work, runs + 1);
      if (isUnfitForUpdate(error) && work === link) return run(linkAfterNulls, runs + 1);
      throw error;
    });

  const result = await run(link, 1);
  if (result.kind !== "linked") return failed(result.kind);
  const accountId = result.account._id.toHexString();
  log.debug(result.created ? "account created" : "account updated", { accountId });
  log.debug("user updated", { userId: connection.userId.toHexString(), accountId });
  return linkedOutcome(connection, result.account._id);
}

function linkedOutcome({ reconnect }: ClaimedConnection, id: ObjectId): FinalOutcome & { kind: "linked" } {
  const accountId = id.toHexString();
  return {
    kind: "linked",
    accountId,
    ...(reconnect !== undefined && reconnect !== accountId && { expected: reconnect }),
  };
}
