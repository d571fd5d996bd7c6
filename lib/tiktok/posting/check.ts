import type {
  Checked,
  CreatorOptions,
  Delivery,
  MediaFile,
  OpenMedia,
  PostContent,
  PostingToken,
} from "../../platform-posting.ts";
import { MediaUnreadable } from "../../platform-posting.ts";
import type { TikTokApp } from "../app.ts";
import { CREATOR_INFO_SCOPE, fetchCreatorInfo } from "../creator-info.ts";
import { failureFor } from "./failures.ts";
import { contentObjection, creatorObjection } from "./objections.ts";
import { isDraft, scopeFor, TikTokOptions } from "./options.ts";
import { reconnectFor } from "./problems.ts";

const DEADLINE_MS = 8_000;
const PLAYABLE = ["video/mp4", "video/quicktime", "video/webm"];
const MAX_BYTES = 4e9;

/** What this person may choose right now (20 a minute per user token), or why they cannot post. */
export async function creatorOptions(app: TikTokApp, { accessToken, scopes }: PostingToken): Promise<CreatorOptions> {
  if (!scopes.includes(CREATOR_INFO_SCOPE)) return { kind: "refused", problem: reconnectFor(CREATOR_INFO_SCOPE) };
  try {
    const creator = await fetchCreatorInfo(app, accessToken, DEADLINE_MS);
    const { username, nickname, privacyLevels, maxVideoSeconds } = creator;
    const choices = {
      username: username ?? null,
      displayName: nickname ?? null,
      privacyLevels,
      allowComment: !creator.commentDisabled,
      allowDuet: !creator.duetDisabled,
      allowStitch: !creator.stitchDisabled,
      maxVideoSeconds: maxVideoSeconds ?? null,
    };
    return { kind: "choices", choices };
  } catch (error) {
    return failureFor(error, CREATOR_INFO_SCOPE);
  }
}

/** Holds the post against TikTok's rules, the granted scopes, the creator's settings of this moment and, for an upload, the file. */
export async function checkPost(
  app: TikTokApp,
  open: OpenMedia,
  content: PostContent,
  delivery: Delivery,
  { accessToken, scopes }: PostingToken,
): Promise<Checked> {
  const options = TikTokOptions.parse(content.options);
  const scope = scopeFor(options);
  if (!scopes.includes(scope)) return { kind: "refused", problem: reconnectFor(scope) };
  try {
    const creator = isDraft(options) ? undefined : await fetchCreatorInfo(app, accessToken, DEADLINE_MS);
    const objection = contentObjection(content, options) ?? (creator && creatorObjection(content, options, creator));
    if (objection) return { kind: "refused", problem: objection };
    const file = delivery === "upload" ? await fileAt(open, content.media[0]?.url ?? "") : null;
    return { kind: "fine", author: creator?.username ?? null, file };
  } catch (error) {
    return failureFor(error, scope);
  }
}

async function fileAt(open: OpenMedia, url: string): Promise<MediaFile> {
  const { size, contentType, etag, close } = await open(url, 0);
  close();
  const unusable = (message: string) => new MediaUnreadable("media_unusable", message, { isFinal: true });
  if (!PLAYABLE.includes(contentType)) throw unusable("The file does not call itself an MP4, MOV or WebM video.");
  if (size > MAX_BYTES) throw unusable("The file is larger than the 4 GB that TikTok takes.");
  return { size, contentType, etag };
}
