import type { Context } from "aws-lambda";
import { ObjectId } from "mongodb";
import * as z from "zod/mini";
import { deadlineIn } from "../lib/mongo/deadline.ts";
import { freshToken } from "../lib/tokens/fresh-token.ts";
import { remainingMs } from "./jobs/remaining-time.ts";
import { tokenDependencies } from "./jobs/token-dependencies.ts";
import { JOB_POOL, lazyRuntime, loggerOf } from "./runtime.ts";

const runtime = lazyRuntime("access-token", JOB_POOL);
const logger = loggerOf("access-token");
const MARGIN_MS = 2_000;

export const AccessTokenRequest = z.object({
  accountId: z.pipe(
    z.string().check(z.regex(/^[0-9a-f]{24}$/i)),
    z.transform((hex) => new ObjectId(hex)),
  ),
  /** How long the token has to be good for. */
  minutes: z._default(z.number().check(z.minimum(0), z.maximum(24 * 60)), 5),
});

export type AccessTokenResponse =
  | { status: "ok"; accessToken: string; expiresAt: string; scopes: readonly string[]; platformAccountId: string }
  /** The person has to connect the account anew. */
  | { status: "reconnect"; accountStatus: string; reason: string | null }
  | { status: "not_found" }
  | { status: "unavailable"; code: string; retryAt: string }
  | { status: "invalid_request"; message: string };

/** Hands a token to the app's own code. Has no route: who may invoke it is for IAM to say. */
export async function handler(event: unknown, context?: Context): Promise<AccessTokenResponse> {
  const request = AccessTokenRequest.safeParse(event);
  if (!request.success) return { status: "invalid_request", message: z.prettifyError(request.error) };
  const { accountId, minutes } = request.data;
  const result = await runtime().mongo.use(async (database) => {
    const deps = await tokenDependencies(runtime(), database, logger, deadlineIn(remainingMs(context) - MARGIN_MS));
    return freshToken(accountId, minutes * 60_000, deps);
  });
  logger.info("access token asked for", { outcome: result.kind, accountId: accountId.toHexString() });
  if (result.kind === "not_found") return { status: "not_found" };
  if (result.kind === "reconnect") return { status: "reconnect", accountStatus: result.status, reason: result.reason };
  if (result.kind === "unavailable")
    return { status: "unavailable", code: result.code, retryAt: result.retryAt.toISOString() };
  const { accessToken, expiresAt, scopes, account } = result;
  return {
    status: "ok",
    accessToken,
    expiresAt: expiresAt.toISOString(),
    scopes,
    platformAccountId: account.platformAccountId,
  };
}
