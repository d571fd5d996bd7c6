import type { Document } from "mongodb";

/** The user's document as lines. */
export const maskedUser = (user: Document | null): string => shown("users", user, ["_id", "name", "socialAccounts"]);

/** The account's document as lines: the tokens by their key id and length only. */
export function maskedAccount(account: Document | undefined): string {
  const masked = account && {
    ...account,
    accessToken: maskedToken(account.accessToken),
    refreshToken: maskedToken(account.refreshToken),
    displayName: account.metadata?.displayName,
  };
  return shown("socialaccounts", masked ?? null, [
    "_id",
    "userId",
    "platform",
    "platformAccountId",
    "displayName",
    "status",
    "scopes",
    "accessToken",
    "refreshToken",
    "tokenExpiry",
    "nextRefreshAt",
  ]);
}

function maskedToken(envelope: string): string {
  const [version, keyId] = envelope.split(".");
  return `${version}.${keyId}.… (${envelope.length} characters, encrypted)`;
}

function shown(collection: string, document: Document | null, fields: string[]): string {
  const lines = fields.map((field) => `    ${field.padEnd(18)} ${inWords(document?.[field])}`);
  return [`  ${collection}`, ...lines].join("\n");
}

const inWords = (value: unknown): string =>
  value instanceof Date ? value.toISOString() : Array.isArray(value) ? value.join(", ") : String(value);
