import * as z from "zod/mini";
import type { TikTokApp } from "./app.ts";
import { askForData } from "./data-request.ts";
import { OptionalText } from "./fields.ts";

const flag = z.catch(z.boolean(), false);

const Creator = z.object({
  creator_avatar_url: OptionalText,
  creator_username: OptionalText,
  creator_nickname: OptionalText,
  privacy_level_options: z.catch(z.array(z.string()), []),
  comment_disabled: flag,
  duet_disabled: flag,
  stitch_disabled: flag,
  max_video_post_duration_sec: z.catch(z.optional(z.number()), undefined),
});

/** What the account's owner may choose right now when posting. */
export interface CreatorInfo {
  readonly username: string | undefined;
  readonly nickname: string | undefined;
  readonly privacyLevels: readonly string[];
  readonly commentDisabled: boolean;
  readonly duetDisabled: boolean;
  readonly stitchDisabled: boolean;
  readonly maxVideoSeconds: number | undefined;
}

export const CREATOR_INFO_SCOPE = "video.publish";

/** Asks TikTok for the creator info (20 a minute per user token). Throws TikTokRefused or TikTokUnavailable. */
export async function fetchCreatorInfo(app: TikTokApp, accessToken: string, deadlineMs: number): Promise<CreatorInfo> {
  const creator = await askForData(app, {
    operation: "the creator info",
    path: "/v2/post/publish/creator_info/query/",
    accessToken,
    deadlineMs,
    data: Creator,
    body: {},
  });
  return {
    username: creator.creator_username,
    nickname: creator.creator_nickname,
    privacyLevels: creator.privacy_level_options,
    commentDisabled: creator.comment_disabled,
    duetDisabled: creator.duet_disabled,
    stitchDisabled: creator.stitch_disabled,
    maxVideoSeconds: creator.max_video_post_duration_sec,
  };
}
