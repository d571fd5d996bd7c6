/** Auth.js 5 or NextAuth 4. */
export type Library = "authjs" | "next-auth";

/** A cookie that may carry the app's session, and which libraries' JWTs may be in it. */
export interface SessionCookie {
  readonly name: string;
  readonly libraries: readonly Library[];
}

const DEFAULTS: readonly SessionCookie[] = [
  { name: "authjs.session-token", libraries: ["authjs"] },
  { name: "next-auth.session-token", libraries: ["next-auth"] },
];

/**
 * The cookies that may carry the app's session, in the order they are tried. Under https a plain default name is not
 * among them: any page on the network could have set it. A configured name may hold either library's token, also where
 * it is the other's default: apps keep a cookie's name when they move on to the next library.
 */
export function sessionCookies(appOrigin: string, configured: readonly string[] | undefined): readonly SessionCookie[] {
  if (configured && configured.length > 0)
    return configured.map((name) => ({ name, libraries: ["authjs", "next-auth"] }));
  const secure = DEFAULTS.map(({ name, libraries }) => ({ name: `__Secure-${name}`, libraries }));
  return new URL(appOrigin).protocol === "https:" ? secure : [...secure, ...DEFAULTS];
}
