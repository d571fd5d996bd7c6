import type { Db } from "mongodb";

/** Both sides of the link as they are, to compare before and after. */
export async function bothSides(db: Db) {
  const everything = (name: string) => db.collection(name).find().sort({ _id: 1 }).toArray();
  return { users: await everything("users"), socialaccounts: await everything("socialaccounts") };
}
