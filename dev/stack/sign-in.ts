import { encode } from "@auth/core/jwt";
import { ObjectId } from "mongodb";
import type { LocalStack } from "./local-stack.ts";

const SESSION_COOKIE = "__Secure-authjs.session-token";

/** A user of the app and the session cookie, `name=value`, that Auth.js itself would set for them. */
export async function signIn({ db, secret }: LocalStack): Promise<{ userId: ObjectId; cookie: string }> {
  const userId = new ObjectId();
  await db.collection("users").insertOne({ _id: userId, name: "Ada" });
  const token = { sub: userId.toHexString() };
  const value = await encode({ token, secret: secret.sessionSecrets[0] ?? "", salt: SESSION_COOKIE });
  return { userId, cookie: `${SESSION_COOKIE}=${value}` };
}
