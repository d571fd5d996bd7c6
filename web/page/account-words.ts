import type { Account } from "../client.ts";

export type Tone = "good" | "attention";

export interface StatusWords {
  readonly tone: Tone;
  readonly label: string;
  readonly explanation?: string;
}

export const nameOf = ({ displayName, username }: Account): string =>
  displayName?.trim() || (username ? `@${username}` : "TikTok account");

export const needsReconnect = ({ status }: Account): boolean => status !== "active";

/** What an account's state means to its owner. */
export function statusWords({ status, statusReason }: Account): StatusWords {
  if (status === "active") return { tone: "good", label: "Connected" };
  if (status === "revoked")
    return {
      tone: "attention",
      label: "Removed at TikTok",
      explanation: "This app was removed in TikTok’s settings. Reconnect to use it again.",
    };
  return {
    tone: "attention",
    label: "Needs reconnecting",
    explanation:
      statusReason === "refresh_token_expired"
        ? "TikTok’s permission has run out. Reconnect to go on."
        : "TikTok no longer accepts this connection. Reconnect to go on.",
  };
}

export const mayPost = ({ scopes }: Account): boolean => scopes.includes("video.publish");

/** What may be done with the account. */
export const permissionWords = (account: Account): string =>
  mayPost(account) ? "Can post" : "Linked without permission to post";

/** Since when and when last: `Since 3 March 2026`, `Last used 2 hours ago`. */
export function historyWords({ status, connectedAt, lastUsedAt }: Account, now: Date): readonly string[] {
  const since = status === "active" ? "Since" : "Connected";
  return [
    ...(connectedAt === null ? [] : [`${since} ${LONG_DATE.format(new Date(connectedAt))}`]),
    lastUsedAt === null ? "Not used yet" : `Last used ${ago(new Date(lastUsedAt), now)}`,
  ];
}

const LONG_DATE = new Intl.DateTimeFormat("en-GB", { dateStyle: "long" });
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

function ago(then: Date, now: Date): string {
  const seconds = (now.getTime() - then.getTime()) / 1000;
  if (seconds > 30 * 86_400) return `on ${LONG_DATE.format(then)}`;
  const [unit, length] = UNITS.find(([, length]) => seconds >= length) ?? [];
  return unit === undefined ? "just now" : RELATIVE.format(-Math.floor(seconds / length), unit);
}
