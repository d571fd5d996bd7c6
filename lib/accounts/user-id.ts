import { ObjectId } from "mongodb";

/** The session's user id as the database has it; undefined when it can be no ObjectId. The one place where the string is converted. */
export function userObjectId(userId: string): ObjectId | undefined {
  return /^[0-9a-f]{24}$/i.test(userId) ? new ObjectId(userId) : undefined;
}
