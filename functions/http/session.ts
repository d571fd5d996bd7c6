import { cookiesOf, type HttpEvent } from "../../lib/http/request.ts";
import type { Database } from "../../lib/mongo/connection.ts";
import { within } from "../../lib/mongo/deadline.ts";
import { sessionCookies } from "../../lib/sessions/cookie-names.ts";
import { sessionByToken } from "../../lib/sessions/database-session.ts";
import { readSession } from "../../lib/sessions/read-session.ts";
import type { Runtime } from "../runtime.ts";

const SESSION_DEADLINE_MS = 5_000;

/** The id of the user who is signed in to the app in this browser, as a string. */
export async function signedInUser(
  event: HttpEvent,
  { db }: Database,
  { env, secrets, clock }: Runtime,
): Promise<string | undefined> {
  const { sessionSecrets } = await secrets.current();
  const reading = readSession(cookiesOf(event), {
    cookies: sessionCookies(env.APP_ORIGIN, env.SESSION_COOKIE_NAMES),
    secrets: sessionSecrets,
    sessionByToken: (token) => sessionByToken(db, token),
    clock,
  });
  return (await within(SESSION_DEADLINE_MS, reading))?.userId;
}
