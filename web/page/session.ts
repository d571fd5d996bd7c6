export interface SignedIn {
  readonly name: string;
}

const SESSION = "/api/auth/session";
export const SIGN_OUT = "/api/auth/signout";

export const signInUrl = (): string =>
  `/api/auth/signin?${new URLSearchParams({ callbackUrl: location.pathname + location.search + location.hash })}`;

/** Who is signed in to the app, as Auth.js tells it; undefined when nobody is. */
export async function signedIn(): Promise<SignedIn | undefined> {
  const response = await fetch(SESSION, { headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`The session's answer was ${response.status}`);
  const session: { user?: { name?: string | null; email?: string | null } } | null = await response.json();
  const name = session?.user?.name ?? session?.user?.email;
  return session?.user ? { name: name ?? "you" } : undefined;
}
