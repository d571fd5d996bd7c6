import { decode, encode } from "@auth/core/jwt";
import { type Db, ObjectId } from "mongodb";

export interface LocalUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** The name Auth.js gives its cookie on this origin, and what goes with it. */
function cookieOn(origin: string): { name: string; attributes: string } {
  const attributes = "Path=/; HttpOnly; SameSite=Lax";
  return origin.startsWith("https:")
    ? { name: "__Secure-authjs.session-token", attributes: `${attributes}; Secure` }
    : { name: "authjs.session-token", attributes };
}

const DAYS_30 = 30 * 24 * 3600;

export const people: readonly LocalUser[] = [
  { id: "6900000000000000000000a1", name: "Ada Lindqvist", email: "ada@example.com" },
  { id: "6900000000000000000000b2", name: "Bruno Okafor", email: "bruno@example.com" },
];

/** The users as Auth.js's MongoDB adapter stores them. */
export async function createPeople(db: Db): Promise<void> {
  await db
    .collection("users")
    .insertMany(people.map(({ id, name, email }) => ({ _id: new ObjectId(id), name, email, emailVerified: null })));
}

/** A session cookie minted by Auth.js itself. */
export async function sessionCookieFor(
  { id, name, email }: LocalUser,
  secret: string,
  origin: string,
): Promise<string> {
  const cookie = cookieOn(origin);
  const token = await encode({ token: { sub: id, name, email }, secret, salt: cookie.name, maxAge: DAYS_30 });
  return `${cookie.name}=${token}; ${cookie.attributes}; Max-Age=${DAYS_30}`;
}

export function endedSessionCookie(origin: string): string {
  const { name, attributes } = cookieOn(origin);
  return `${name}=; ${attributes}; Max-Age=0`;
}

/** What Auth.js answers at /api/auth/session. */
export async function sessionIn(cookieHeader: string | undefined, secret: string, origin: string) {
  const { name: salt } = cookieOn(origin);
  const cookie = cookieHeader?.split(/;\s*/).find((part) => part.startsWith(`${salt}=`));
  const token = cookie?.slice(salt.length + 1);
  if (!token) return null;
  const claims = await decode({ token, secret, salt }).catch(() => null);
  if (!claims?.sub) return null;
  const { name, email, exp = 0 } = claims;
  return { user: { name, email }, expires: new Date(exp * 1000).toISOString() };
}
