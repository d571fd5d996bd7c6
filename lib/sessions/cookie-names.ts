const AUTH_JS = "authjs.session-token";
const NEXT_AUTH = "next-auth.session-token";
const secure = (name: string): string => `__Secure-${name}`;

/**
 * The cookies that may carry the app's session, in the order they are tried. Under https a plain default name is not
 * among them: any page on the network could have set it.
 */
export function sessionCookieNames(appOrigin: string, configured: readonly string[] | undefined): readonly string[] {
  if (configured && configured.length > 0) return configured;
  const names = [secure(AUTH_JS), secure(NEXT_AUTH)];
  return new URL(appOrigin).protocol === "https:" ? names : [...names, AUTH_JS, NEXT_AUTH];
}

/** Which libraries write JWTs under this name: a default name belongs to one of them, any other name to either. */
export function issuersUnder(cookieName: string): readonly ("authjs" | "next-auth")[] {
  if (cookieName === AUTH_JS || cookieName === secure(AUTH_JS)) return ["authjs"];
  if (cookieName === NEXT_AUTH || cookieName === secure(NEXT_AUTH)) return ["next-auth"];
  return ["authjs", "next-auth"];
}
