import type { Db, ObjectId } from "mongodb";

export interface DatabaseSession {
  readonly userId: string;
  readonly expires: Date;
}

/** A document of the `sessions` collection as Auth.js's MongoDB adapter writes it. */
interface SessionDocument {
  sessionToken: string;
  userId: ObjectId;
  expires: Date;
}

/** Finds a session by its token, expired or not. Reads only: prolonging a session is the app's. */
export async function sessionByToken(db: Db, sessionToken: string): Promise<DatabaseSession | undefined> {
  const session = await db.collection<SessionDocument>("sessions").findOne({ sessionToken });
  return session ? { userId: session.userId.toString(), expires: session.expires } : undefined;
}
