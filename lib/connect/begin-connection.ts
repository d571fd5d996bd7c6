import { type Db, ObjectId } from "mongodb";
import { accountOfUser, userExists } from "../accounts/user-accounts.ts";
import { userObjectId } from "../accounts/user-id.ts";
import type { Clock } from "../clock.ts";
import { storePendingConnection } from "../oauth/pending-connection.ts";
import { createPkce, type PkceEncoding } from "../oauth/pkce.ts";
import type { Log } from "../observability/log.ts";
import type { TikTokApp } from "../tiktok/app.ts";
import { authorizeUrl } from "../tiktok/authorize-url.ts";
import type { FailureCode } from "./outcome-codes.ts";

export interface BeginDependencies {
  readonly db: Db;
  readonly tiktok: TikTokApp;
  readonly clock: Clock;
  readonly log: Log;
  readonly scopes: readonly string[];
  readonly pkce: PkceEncoding;
}

export interface ConnectionRequest {
  /** The session's user id, as the session has it. */
  readonly userId: string;
  readonly binding: string;
  readonly returnTo: string;
  /** The account to be connected anew; one that is not the user's own is ignored. */
  readonly reconnect: string | undefined;
}

export type Beginning =
  | { readonly kind: "begun"; readonly url: URL }
  | { readonly kind: "failed"; readonly code: FailureCode };

/** Remembers who wants to connect and answers where at TikTok to send the browser. */
export async function beginConnection(request: ConnectionRequest, deps: BeginDependencies): Promise<Beginning> {
  const { db, tiktok, clock, log, scopes } = deps;
  const userId = userObjectId(request.userId);
  log.debug("user id converted", { userId: request.userId, converted: userId !== undefined });
  if (!userId || !(await userExists(db, userId))) return { kind: "failed", code: "user_not_found" };

  const pkce = createPkce(deps.pkce);
  const state = await storePendingConnection(
    db,
    {
      binding: request.binding,
      userId,
      platform: "tiktok",
      returnTo: request.returnTo,
      reconnect: await ownAccountId(db, userId, request.reconnect),
      codeVerifier: pkce?.verifier,
    },
    clock,
  );
  return { kind: "begun", url: await authorizeUrl(tiktok, { state, scopes, codeChallenge: pkce?.challenge }) };
}

async function ownAccountId(db: Db, userId: ObjectId, reconnect: string | undefined): Promise<string | undefined> {
  if (reconnect === undefined || !/^[0-9a-f]{24}$/i.test(reconnect)) return undefined;
  const account = await accountOfUser(db, userId, new ObjectId(reconnect));
  return account?._id.toHexString();
}
