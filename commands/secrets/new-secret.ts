import { UsageProblem } from "../exit-code.ts";
import { newKey } from "./keyring.ts";
import { parseJson } from "./stored-secret.ts";

/** A first secret from the answers to four questions, with a token key of its own. */
export async function askedSecret(ask: (question: string) => Promise<string>): Promise<object> {
  return withKeyring({
    mongodbUri: await ask("mongodbUri, the connection string with its user and password"),
    tiktok: { clientKey: await ask("tiktok.clientKey"), clientSecret: await ask("tiktok.clientSecret") },
    sessionSecrets: [await ask("sessionSecrets, the app's AUTH_SECRET or NEXTAUTH_SECRET")],
  });
}

/** The secret that a JSON text says; a keyring in it is kept, so that a copy can be put back. */
export function writtenSecret(text: string): object {
  const written = parseJson(text);
  if (typeof written !== "object" || written === null) throw new UsageProblem("The secret has to be a JSON object");
  return withKeyring(written);
}

const withKeyring = (secret: object): object => ({
  tokenKeyring: { current: "k1", keys: { k1: newKey() } },
  ...secret,
});
