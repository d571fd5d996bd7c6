import { authorize, decide, showError } from "./authorize.ts";
import { creatorInfo } from "./creator-info.ts";
import type { Endpoint } from "./exchange.ts";
import { initDraft, initPhotos, initVideo } from "./post-init.ts";
import { cancel, fetchStatus } from "./post-status.ts";
import { revoke, token } from "./token.ts";
import { upload } from "./upload.ts";
import { userInfo } from "./user-info.ts";

/** Everything there is. Any other path or method, or a missing last slash, is unsupported. */
export const endpoints: readonly Endpoint[] = [
  { name: "authorize", method: "GET", path: "/v2/auth/authorize/", act: authorize },
  { name: "consent", method: "POST", path: "/v2/auth/authorize/", act: decide },
  { name: "error_page", method: "GET", path: "/v2/auth/error/", act: showError },
  { name: "token", method: "POST", path: "/v2/oauth/token/", act: token },
  { name: "revoke", method: "POST", path: "/v2/oauth/revoke/", act: revoke },
  { name: "user_info", method: "GET", path: "/v2/user/info/", act: userInfo },
  { name: "creator_info", method: "POST", path: "/v2/post/publish/creator_info/query/", act: creatorInfo },
  { name: "video_init", method: "POST", path: "/v2/post/publish/video/init/", act: initVideo },
  { name: "inbox_init", method: "POST", path: "/v2/post/publish/inbox/video/init/", act: initDraft },
  { name: "content_init", method: "POST", path: "/v2/post/publish/content/init/", act: initPhotos },
  { name: "upload", method: "PUT", path: "/video/", streams: true, act: upload },
  { name: "status", method: "POST", path: "/v2/post/publish/status/fetch/", act: fetchStatus },
  { name: "cancel", method: "POST", path: "/v2/post/publish/cancel/", act: cancel },
];
