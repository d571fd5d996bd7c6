import type { Clock } from "../clock.ts";
import type { SessionCookie } from "./cookie-names.ts";
import type { DatabaseSession } from "./database-session.ts";
import { sessionCookieValues } from "./session-cookie.ts";
import { looksEncrypted, userOfSessionJwt } from "./session-jwt.ts";
import { sessionKeys } from "./session-keys.ts";

export interface SessionSources {
  readonly cookies: readonly SessionCookie[];
  /** The app's AUTH_SECRET or NEXTAUTH_SECRET, newest first. */
  readonly secrets: readonly string[];
  readonly clock: Clock;
  sessionByToken(token: string): Promise<DatabaseSession | undefined>;
}

/**
 * The user signed in to the app, by the first cookie ("name=value") that is a valid session. Throws only what
 * `sessionByToken` throws.
 */
export async function readSession(
  cookies: readonly string[],
  sources: SessionSources,
): Promise<{ userId: string } | undefined> {
  for (const cookie of sources.cookies) {
    for (const value of sessionCookieValues(cookies, cookie.name)) {
      const userId = looksEncrypted(value)
        ? await userOfSessionJwt(value, sessionKeys(cookie, sources.secrets), sources.clock())
        : await userOfDatabaseSession(value, sources);
      if (userId) return { userId };
    }
  }
  return undefined;
}

async function userOfDatabaseSession(token: string, { sessionByToken, clock }: SessionSources) {
  const session = await sessionByToken(token);
  return session && session.expires > clock() ? session.userId : undefined;
}
