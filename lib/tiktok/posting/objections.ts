import type { PostContent, PostProblem } from "../../platform-posting.ts";
import type { CreatorInfo } from "../creator-info.ts";
import { isDraft, ONLY_ME, type TikTokOptions } from "./options.ts";
import { problem } from "./problems.ts";

const MAX_VIDEO_TEXT = 2200; // UTF-16 units, as JavaScript counts
const MAX_PHOTO_TEXT = 4000;
const MAX_PHOTOS = 35;

/** What TikTok would not take from anybody. */
export function contentObjection({ text, media }: PostContent, options: TikTokOptions): PostProblem | undefined {
  const videos = media.filter(({ type }) => type === "video").length;
  const isOfOneKind = videos === 0 || (videos === 1 && media.length === 1);
  if (!isOfOneKind) return problem("media_mixed", "media", "TikTok takes one video or up to 35 photos, not both.");
  if (media.length > MAX_PHOTOS) return problem("too_many_photos", "media", "TikTok takes no more than 35 photos.");
  const longest = videos === 1 ? MAX_VIDEO_TEXT : MAX_PHOTO_TEXT;
  if (text.length > longest)
    return problem("text_too_long", "text", `TikTok takes ${longest} characters here, and these are ${text.length}.`);
  if (isDraft(options)) return undefined;
  if (options.privacyLevel === undefined)
    return problem("privacy_level_missing", "options.tiktok.privacyLevel", "Choose who may see the post.");
  if (options.disclosure.brandedContent && options.privacyLevel === ONLY_ME)
    return problem(
      "branded_content_private",
      "options.tiktok.disclosure.brandedContent",
      "A paid partnership cannot be posted for yourself alone.",
    );
  return undefined;
}

/** What this person, with this account's settings of this moment, may not choose. */
export function creatorObjection(
  { media }: PostContent,
  options: TikTokOptions,
  creator: CreatorInfo,
): PostProblem | undefined {
  const { privacyLevel = "" } = options;
  if (!creator.privacyLevels.includes(privacyLevel))
    return problem(
      "privacy_level_not_offered",
      "options.tiktok.privacyLevel",
      `This account does not offer “${privacyLevel}” right now, only ${creator.privacyLevels.map((level) => `“${level}”`).join(", ")}.`,
    );
  const isOff = (what: string, field: string) =>
    problem("switched_off", `options.tiktok.${field}`, `${what} are switched off in this account's TikTok settings.`);
  if (options.allowComment && creator.commentDisabled) return isOff("Comments", "allowComment");
  if (media.some(({ type }) => type === "photo")) return undefined;
  if (options.allowDuet && creator.duetDisabled) return isOff("Duets", "allowDuet");
  if (options.allowStitch && creator.stitchDisabled) return isOff("Stitches", "allowStitch");
  return undefined;
}
