import { keyringStep, nextStep, time } from "./keyring.ts";
import type { StoredSecret } from "./stored-secret.ts";

/** The secret's names, lengths and key ids: enough to see what is there, nothing to use. */
export function describeSecret({ value, writtenAt }: StoredSecret): string[] {
  const { mongodbUri, tiktok, tokenKeyring, sessionSecrets } = value;
  const keys = Object.keys(tokenKeyring.keys).map((keyId) =>
    keyId === tokenKeyring.current ? `${keyId} (current)` : keyId,
  );
  return [
    `written                      ${time(writtenAt)}`,
    `mongodbUri                   ${masked(mongodbUri)}`,
    `tiktok.clientKey             ${masked(tiktok.clientKey)}`,
    `tiktok.clientSecret          ${masked(tiktok.clientSecret)}`,
    `tiktok.previousClientSecret  ${tiktok.previousClientSecret ? masked(tiktok.previousClientSecret) : "none"}`,
    `tokenKeyring                 ${keys.join(", ")}`,
    `sessionSecrets               ${sessionSecrets.map(masked).join(", ")}`,
    nextStep(keyringStep(tokenKeyring, writtenAt)),
  ];
}

const masked = (value: string): string => `${value.length} characters`;
