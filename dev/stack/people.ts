import { decode, encode } from "@auth/core/jwt";
import { type Db, ObjectId } from "mongodb";

export interface LocalUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** The name Auth.js gives its cookie where the app is not on https. */
export const SESSION_COOKIE = "authjs.session-token";
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
export async function sessionCookieFor({ id, name, email }: LocalUser, secret: string): Promise<string> {
  const token = await encode({ token: { sub: id, name, email }, secret, salt: SESSION_COOKIE, maxAge: DAYS_30 });
  return `${SESSION_COOKIE}=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${DAYS_30}`;
}

/** What Auth.js answers at /api/auth/session. */
export async function sessionIn(cookieHeader: string | undefined, secret: string) {
  const cookie = cookieHeader?.split(/;\s*/).find((part) => part.startsWith(`${SESSION_COOKIE}=`));
  const token = cookie?.slice(SESSION_COOKIE.length + 1);
  if (!token) return null;
  const claims = await decode({ token, secret, salt: SESSION_COOKIE }).catch(() => null);
  if (!claims?.sub) return null;
  const { name, email, exp = 0 } = claims;
  return { user: { name, email }, expires: new Date(exp * 1000).toISOString() };
}
