import type { Post } from "../posts-client.ts";

const PRIVACY: Readonly<Record<string, string>> = {
  PUBLIC_TO_EVERYONE: "Everyone",
  MUTUAL_FOLLOW_FRIENDS: "Friends",
  FOLLOWER_OF_CREATOR: "Followers",
  SELF_ONLY: "Only me",
};

/** Who may see a post, in TikTok's own words where they are known. */
export const privacyWords = (level: string): string => PRIVACY[level] ?? level;

const STATES = {
  queued: ["attention", "Waiting"],
  sending: ["attention", "Sending"],
  uploading: ["attention", "Uploading"],
  processing: ["attention", "TikTok is working on it"],
  published: ["good", "Published"],
  in_inbox: ["good", "In the TikTok inbox"],
  refused: ["bad", "Not posted"],
  failed: ["bad", "Failed"],
  in_doubt: ["attention", "In doubt"],
} as const;

/** How a post stands, in two words and, where there is one, the reason. */
export function postWords({ status, problem, progress }: Post) {
  const [tone, label] = STATES[status];
  const percent = progress && Math.floor((100 * progress.sentBytes) / progress.totalBytes);
  return {
    tone,
    label: percent === null ? label : `${label}, ${percent} %`,
    explanation:
      problem?.message.replace(/(?<=“)[A-Z_]+(?=”)/g, privacyWords) ??
      (status === "in_inbox" ? "Open the TikTok app to finish and post it." : undefined),
  };
}
