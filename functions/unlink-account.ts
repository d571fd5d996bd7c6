import type { Revocation } from "../lib/accounts/revocations.ts";
import { userObjectId } from "../lib/accounts/user-id.ts";
import { unlinkAccount } from "../lib/connect/unlink-account.ts";
import { HttpProblem } from "../lib/http/problem.ts";
import { type HttpResponse, noContent } from "../lib/http/responses.ts";
import { tryRevocation } from "../lib/tokens/revoke-pending.ts";
import { jsonBody } from "./http/json-body.ts";
import { authenticated, type Call, jsonEndpoint } from "./http/json-endpoint.ts";
import { idInPath } from "./http/path-id.ts";
import { currentCipher, tiktokApp } from "./runtime.ts";

const REVOKE_DEADLINE_MS = 3_000;

/** Disconnects one of the signed-in user's accounts, here and, if TikTok answers in time, at TikTok; else a job goes on trying. */
export async function unlink(call: Call): Promise<HttpResponse> {
  const { event, runtime, database, log } = call;
  const userId = userObjectId(await authenticated(call));
  jsonBody(event);
  const accountId = idInPath(event, "accountId");
  const unlinked = userId && accountId && (await unlinkAccount({ userId, accountId }, { database, ...runtime }));
  if (!unlinked) throw new HttpProblem("not_found", "You have no such account.");
  const revocation = unlinked.revocation && (await revokeNow(call, unlinked.revocation));
  log.info("account unlinked", { outcome: "ok", userId, accountId, revocation });
  return noContent();
}

/** What fails here no longer matters to the person: the account is unlinked, and the revocation is kept. */
async function revokeNow({ runtime, database, log }: Call, revocation: Revocation): Promise<string> {
  try {
    const cipher = await currentCipher(runtime);
    const deps = { ...runtime, tiktok: tiktokApp(runtime), cipher, log, deadlineMs: REVOKE_DEADLINE_MS };
    return await tryRevocation(database.db, revocation, deps);
  } catch (error) {
    log.warn("revocation not tried", { error });
    return "later";
  }
}

export const handler = jsonEndpoint("unlink-account", unlink);
