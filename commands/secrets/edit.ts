import { UsageProblem } from "../exit-code.ts";
import type { SecretJson } from "./stored-secret.ts";

export const FIELDS = ["mongodbUri", "tiktok.clientKey", "tiktok.clientSecret", "sessionSecrets"] as const;
export type Field = (typeof FIELDS)[number];

export function fieldNamed(name: string | undefined): Field {
  const field = FIELDS.find((each) => each === name);
  if (field === undefined) throw new UsageProblem(`put takes one of ${FIELDS.join(", ")}`);
  return field;
}

/** The secret with a new value; what it replaces stays valid where both have to work for a while. */
export function withField(secret: SecretJson, field: Field, value: string): SecretJson {
  const { tiktok, sessionSecrets } = secret;
  switch (field) {
    case "mongodbUri":
      return { ...secret, mongodbUri: value };
    case "tiktok.clientKey":
      return { ...secret, tiktok: { ...tiktok, clientKey: value } };
    case "tiktok.clientSecret":
      if (value === tiktok.clientSecret) return secret;
      return { ...secret, tiktok: { ...tiktok, clientSecret: value, previousClientSecret: tiktok.clientSecret } };
    case "sessionSecrets":
      return { ...secret, sessionSecrets: [value, ...sessionSecrets.filter((older) => older !== value)].slice(0, 2) };
  }
}

/** What to know after a field has changed. */
export const AFTERWARDS: Record<Field, string> = {
  mongodbUri:
    "Functions read it within 20 minutes, at once when the database refuses the old login; keep the old user until then.",
  "tiktok.clientKey":
    "Another key is another app to TikTok: accounts connected with the old one have to connect again.",
  "tiktok.clientSecret":
    "The secret before is kept for webhooks that TikTok has signed with it; functions fetch the new one as soon as TikTok refuses the old.",
  sessionSecrets:
    "It is tried first, the one before it still counts. Functions read it within 20 minutes: the app should sign with it only then.",
};
