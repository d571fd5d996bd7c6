import { forCaller, scopeMissing } from "./bearer.ts";
import { failed, mediaType, succeeded } from "./exchange.ts";

/** `POST /v2/post/publish/creator_info/query/`: a person who may not post now is an HTTP 200. */
export const creatorInfo = forCaller("creator_info", ({ account, scopes }, { incoming }, world) => {
  if (mediaType(incoming) !== "application/json")
    return failed(world, 400, "invalid_params", "The request must be sent as application/json.");
  if (!scopes.includes("video.publish")) return scopeMissing(world);
  if (account.postingRefusal !== undefined)
    return failed(world, 200, account.postingRefusal, "The user cannot post right now.");
  return succeeded(world, {
    creator_avatar_url: account.avatarUrl,
    creator_username: account.username,
    creator_nickname: account.displayName,
    privacy_level_options: account.privacyLevels,
    comment_disabled: account.commentDisabled,
    duet_disabled: account.duetDisabled,
    stitch_disabled: account.stitchDisabled,
    max_video_post_duration_sec: account.maxVideoSeconds,
  });
});
