import type { RemovalReason } from "../../lib/tiktok/webhook-event.ts";
import type { ReauthReason } from "../../lib/tokens/verdict.ts";

type StatusReason = ReauthReason | RemovalReason | "token_missing";

export const STATUS_REASONS = {
  invalid_grant: { status: "needs_reauth", when: "TikTok does not accept the refresh token any more." },
  refresh_token_expired: { status: "needs_reauth", when: "The refresh token's time is over." },
  rotation_in_doubt: {
    status: "active",
    when: "TikTok may have issued a pair that never arrived. It becomes needs_reauth when the access token has expired.",
  },
  token_missing: { status: "needs_reauth", when: "The account was taken over from the app without a refresh token." },
  user_disconnected: { status: "revoked", when: "The person removed the app in TikTok's settings." },
  account_deleted: { status: "revoked", when: "The TikTok account was deleted." },
  age_changed: { status: "revoked", when: "The person's age changed, and the account may not be used by apps." },
  account_banned: { status: "revoked", when: "TikTok banned the account." },
  developer_revoked: { status: "revoked", when: "The app itself ended the authorization." },
  unknown: { status: "revoked", when: "TikTok said that the authorization is removed, and no reason that is known." },
} as const satisfies Record<StatusReason, { status: string; when: string }>;
