import type * as z from "zod";
import { type Caller, forCaller, scopeMissing } from "./bearer.ts";
import { type Answer, type Endpoint, failed, jsonOf, succeeded } from "./exchange.ts";
import { type MediaSource, PhotoPost, VideoDraft, VideoPost } from "./post-requests.ts";
import type { PublishRequest } from "./publishing.ts";
import { pull } from "./pull.ts";
import type { World } from "./world.ts";

type Post = Pick<PublishRequest, "kind" | "title" | "privacyLevel"> & { readonly source: MediaSource };

const DRAFTS_A_DAY = 5;

/** `POST /v2/post/publish/video/init/` */
export const initVideo = init(VideoPost, ({ post_info, source_info }) => ({
  kind: "video",
  title: post_info.title,
  privacyLevel: post_info.privacy_level,
  source: source_info,
}));

/** `POST /v2/post/publish/inbox/video/init/` */
export const initDraft = init(VideoDraft, ({ source_info }) => ({
  kind: "draft",
  title: "",
  privacyLevel: undefined,
  source: source_info,
}));

/** `POST /v2/post/publish/content/init/` */
export const initPhotos = init(PhotoPost, (request) => ({
  kind: request.post_mode === "DIRECT_POST" ? "photos" : "photo_drafts",
  title: request.post_info.title,
  privacyLevel: request.post_mode === "DIRECT_POST" ? request.post_info.privacy_level : undefined,
  source: request.source_info,
}));

function init<Request extends z.ZodType>(
  request: Request,
  asPost: (parsed: z.infer<Request>) => Post,
): Endpoint["act"] {
  return forCaller("init", (caller, exchange, world) => {
    const parsed = request.safeParse(jsonOf(exchange));
    if (!parsed.success) return failed(world, 400, "invalid_param", "A parameter is missing or malformed.");
    const post = asPost(parsed.data);
    const isDraft = post.privacyLevel === undefined;
    if (!caller.scopes.includes(isDraft ? "video.upload" : "video.publish")) return scopeMissing(world);
    const refusal = refusalOf(post, caller, world);
    if (refusal) return failed(world, 403, refusal, "The post was not accepted.");
    return accept(post, caller, world);
  });
}

function accept({ source, ...post }: Post, { account }: Caller, world: World): Answer {
  const urls = urlsOf(source);
  const publish = world.publishing.open({ ...post, openId: account.openId, source: source.source, urls });
  if (source.source === "FILE_UPLOAD")
    return succeeded(world, { publish_id: publish.publishId, upload_url: world.uploads.open(publish, source) });
  pull(publish, world);
  return succeeded(world, { publish_id: publish.publishId });
}

function refusalOf({ source, privacyLevel }: Post, { account }: Caller, world: World): string | undefined {
  if (account.postingRefusal !== undefined) return account.postingRefusal;
  if (!urlsOf(source).every((url) => world.urlPrefixes.some((prefix) => url.startsWith(prefix))))
    return "url_ownership_unverified";
  if (privacyLevel === undefined)
    return draftsOfToday(account.openId, world) < DRAFTS_A_DAY ? undefined : "spam_risk_too_many_pending_share";
  if (!account.privacyLevels.includes(privacyLevel)) return "privacy_level_option_mismatch";
  if (!world.settings.audited && privacyLevel !== "SELF_ONLY")
    return "unaudited_client_can_only_post_to_private_accounts";
  return undefined;
}

function urlsOf(source: MediaSource): readonly string[] {
  if ("photo_images" in source) return source.photo_images;
  return "video_url" in source ? [source.video_url] : [];
}

function draftsOfToday(openId: string, { publishing, clock }: World): number {
  const yesterday = clock().getTime() - 86_400_000;
  return publishing
    .of(openId)
    .filter(({ privacyLevel, status }) => privacyLevel === undefined && status !== "FAILED")
    .filter(({ createdAt }) => createdAt.getTime() > yesterday).length;
}
