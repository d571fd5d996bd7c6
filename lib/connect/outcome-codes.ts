/** Every way a connection can fail: one list for the redirect, the page's texts and docs/errors.md. Depends on nothing. */
export const FAILURES = {
  access_denied: {
    when: "The person pressed Cancel at TikTok.",
    message: "You cancelled at TikTok, so nothing was connected. Press Connect to try again.",
  },
  session_missing: {
    when: "Nobody is signed in to the app where the connection starts.",
    message: "You are signed out. Sign in, then press Connect again.",
  },
  session_changed: {
    when: "Somebody else is signed in at the callback than at the start.",
    message:
      "You switched accounts in this app while connecting. Press Connect again as the person you want to connect.",
  },
  cross_site: {
    when: "The connection was started by a link on another site.",
    message: "The connection was started from another site. Press Connect again here.",
  },
  state_invalid: {
    when: "The answer belongs to no connection that this browser began.",
    message: "This answer from TikTok does not belong to a connection begun in this browser. Press Connect again.",
  },
  state_expired: {
    when: "The person took more than 10 minutes at TikTok.",
    message: "That took longer than 10 minutes. Press Connect again.",
  },
  user_not_found: {
    when: "The session's user id is no ObjectId, or there is no such user any more.",
    message: "Your user account was not found. Sign out, sign in again and retry.",
  },
  scope_missing: {
    when: "The person did not allow something the app cannot do without.",
    message:
      "TikTok was not allowed to share what this app needs. Press Connect again and leave the permissions switched on.",
  },
  account_already_linked: {
    when: "Accounts belong to one user only, and this one is connected to another user.",
    message: "This TikTok account is connected to another user. Disconnect it there first.",
  },
  account_limit: {
    when: "The user has as many accounts as the app allows.",
    message: "You have connected as many accounts as this app allows. Disconnect one first.",
  },
  tiktok_refused: {
    when: "TikTok refused for any other reason: configuration, a sandbox without this account, a code it does not accept.",
    message: "TikTok refused to connect this account. Try again; if it happens again, tell support.",
  },
  tiktok_unavailable: {
    when: "TikTok failed, was too slow or gave an answer that is none.",
    message: "TikTok is not answering right now. Nothing was changed; try again in a few minutes.",
  },
  storage_unavailable: {
    when: "The database failed.",
    message: "We could not save the connection. Nothing was changed; try again in a moment.",
  },
  internal: {
    when: "Anything else: our own bugs and misconfiguration.",
    message: "Something went wrong on our side. Try again; if it happens again, tell support.",
  },
} as const satisfies Record<string, { when: string; message: string }>;

export type FailureCode = keyof typeof FAILURES;

export const isFailureCode = (code: string): code is FailureCode => Object.hasOwn(FAILURES, code);
