import type { PostProblem } from "../../platform-posting.ts";

type Said = readonly [message: string, field?: string];

const AT_TIKTOK = "That is for the account's owner to settle at TikTok.";

// one table for refusals at once, reasons that come later and reasons in webhooks: TikTok uses the same words for all
const SAID: Readonly<Record<string, Said>> = {
  spam_risk_too_many_posts: ["This account has posted as much as TikTok allows in a day. Try again tomorrow."],
  spam_risk_user_banned_from_posting: [`TikTok does not let this account post at the moment. ${AT_TIKTOK}`],
  spam_risk_too_many_pending_share: [
    "Too many drafts wait in this account's inbox. Finish or delete some in the TikTok app.",
  ],
  spam_risk_text: ["TikTok took the text for spam. Change it and post again.", "text"],
  spam_risk: ["TikTok took the post for spam."],
  reached_active_user_cap: ["TikTok lets only so many people post through this app in a day. Try again tomorrow."],
  unaudited_client_can_only_post_to_private_accounts: [
    "Until TikTok has audited this app, posts must be for the account's owner alone, and the account private.",
    "options.tiktok.privacyLevel",
  ],
  url_ownership_unverified: ["TikTok takes photos only from addresses that this app has had verified.", "media.0.url"],
  privacy_level_option_mismatch: [
    "TikTok does not offer this account that choice of who may see the post.",
    "options.tiktok.privacyLevel",
  ],
  app_version_check_failed: ["The account's owner has to update the TikTok app before it can take drafts."],
  invalid_param: ["TikTok did not accept the post as it is."],
  invalid_params: ["TikTok did not accept the post as it is."],
  file_format_check_failed: ["TikTok cannot play this file: it takes MP4, WebM and MOV, JPEG and WebP.", "media.0.url"],
  duration_check_failed: ["The video is longer or shorter than TikTok allows this account.", "media.0.url"],
  frame_rate_check_failed: ["The video has too few or too many frames a second: TikTok takes 23 to 60.", "media.0.url"],
  picture_size_check_failed: ["The picture is too small or too large: TikTok takes 360 to 4096 pixels.", "media.0.url"],
  video_pull_failed: ["TikTok could not read the video from its address.", "media.0.url"],
  photo_pull_failed: ["TikTok could not read the photos from their addresses.", "media.0.url"],
  publish_cancelled: ["The post was cancelled."],
  auth_removed: ["The account's owner has disconnected this app at TikTok. Connect the account again."],
  internal: ["TikTok failed while it made the post. Try again as a new post."],
};

/** What TikTok's code means, in words for the person. A code that is not known here is named. */
export function problemOf(code: string): PostProblem {
  const [message, field = null] = SAID[code] ?? [`TikTok did not take the post (${code.slice(0, 60)}).`];
  return { code, field, message };
}

export const reconnectFor = (scope: string): PostProblem => ({
  code: "scope_not_authorized",
  field: "accountIds",
  message: `Connect this account again and allow “${scope}”: without it nothing can be posted there.`,
});

export const problem = (code: string, field: string | null, message: string): PostProblem => ({ code, field, message });
