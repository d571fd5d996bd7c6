import type { ObjectId } from "mongodb";
import type { NotNow, Refused } from "../platform-posting.ts";
import type { TokenDependencies } from "../tokens/dependencies.ts";
import { type FreshToken, type NoToken, type UseResult, withFreshToken } from "../tokens/fresh-token.ts";
import { isTokenRefused } from "../tokens/token-refused.ts";

export type Used<Result> = Extract<UseResult<Result>, { kind: "used" }> | Refused | NotNow;

/** Runs the work with a fresh token. A token that is refused even when new has done nothing: the work may be run again later. */
export async function withToken<Result>(
  accountId: ObjectId,
  work: (token: FreshToken) => Promise<Result>,
  deps: TokenDependencies,
): Promise<Used<Result>> {
  try {
    const used = await withFreshToken(accountId, work, deps);
    return used.kind === "used" ? used : withoutToken(used);
  } catch (error) {
    if (!isTokenRefused(error)) throw error;
    return { kind: "not_now", reason: "access_token_invalid" };
  }
}

function withoutToken(none: NoToken): Refused | NotNow {
  if (none.kind === "unavailable") return { kind: "not_now", reason: none.code };
  const message =
    none.kind === "not_found"
      ? "This account is no longer connected. Connect it again."
      : "The connection to this account has ended. Connect it again.";
  return { kind: "refused", problem: { code: "reconnect", field: "accountIds", message } };
}
