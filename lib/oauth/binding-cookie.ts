const NAME = "__Host-connect";
const WELL_FORMED = /^[A-Za-z0-9_-]{43}$/;

/** The value that ties a pending connection to this browser, if it already has a well-formed one. */
export function bindingIn(cookies: readonly string[]): string | undefined {
  return cookies
    .filter((cookie) => cookie.startsWith(`${NAME}=`))
    .map((cookie) => cookie.slice(NAME.length + 1))
    .find((value) => WELL_FORMED.test(value));
}

/** Lax, because the way back from TikTok is a cross-site navigation; never cleared, so that several tabs can connect at once. */
export const bindingCookie = (binding: string): string =>
  `${NAME}=${binding}; Path=/; Max-Age=3600; Secure; HttpOnly; SameSite=Lax`;
