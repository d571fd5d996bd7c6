import { type ApiOptions, request } from "./client.ts";

export interface PostProblem {
  readonly code: string;
  /** The request's field that it is about. */
  readonly field: string | null;
  /** May be shown. */
  readonly message: string;
}

export type PostStatus =
  | "queued"
  | "sending"
  | "uploading"
  | "processing"
  | "published"
  | "in_inbox"
  | "refused"
  | "failed"
  | "in_doubt";

/** A post to one account. */
export interface Post {
  readonly id: string;
  readonly accountId: string;
  readonly status: PostStatus;
  readonly problem: PostProblem | null;
  /** Where it can be seen, once everybody may. */
  readonly url: string | null;
  readonly progress: { readonly sentBytes: number; readonly totalBytes: number } | null;
}

export interface PostRequest {
  readonly accountIds: readonly string[];
  readonly text: string;
  readonly media: readonly { readonly type: "video" | "photo"; readonly url: string }[];
  readonly options: {
    readonly tiktok: {
      readonly mode: "direct" | "draft";
      readonly privacyLevel?: string;
      readonly allowComment: boolean;
      readonly allowDuet: boolean;
      readonly allowStitch: boolean;
      readonly disclosure: {
        readonly brandedContent: boolean;
        readonly ownBrand: boolean;
        readonly aiGenerated: boolean;
      };
    };
  };
  /** The same key again, as after an answer that did not arrive, is the same post. */
  readonly idempotencyKey: string;
}

/** What may be chosen for a post to an account right now, and why not when not. */
export type Creator =
  | { readonly canPost: true; readonly problem: null; readonly options: CreatorChoices }
  | { readonly canPost: false; readonly problem: PostProblem; readonly options: null };

export interface CreatorChoices {
  readonly privacyLevels: readonly string[];
  readonly allowComment: boolean;
  readonly allowDuet: boolean;
  readonly allowStitch: boolean;
  readonly maxVideoSeconds: number | null;
}

/** Posts to each of the accounts. Throws ApiError: `invalid_request` names the field in its message. */
export async function createPosts(post: PostRequest, options: ApiOptions = {}): Promise<readonly Post[]> {
  const { posts }: { posts: readonly Post[] } = await (await request("POST", "/posts", options, post)).json();
  return posts;
}

export async function getPost(postId: string, options: ApiOptions = {}): Promise<Post> {
  return (await request("GET", `/posts/${encodeURIComponent(postId)}`, options)).json();
}

export async function creatorOf(accountId: string, options: ApiOptions = {}): Promise<Creator> {
  return (await request("GET", `/accounts/${encodeURIComponent(accountId)}/creator`, options)).json();
}

/** Says how a post in doubt ended: the person has looked. */
export async function settlePost(
  postId: string,
  outcome: "published" | "not_published",
  options: ApiOptions = {},
): Promise<Post> {
  const path = `/posts/${encodeURIComponent(postId)}/settlement`;
  return (await request("POST", path, options, { outcome })).json();
}

/** True when nothing more comes by itself; a published post may still get its address. */
export const isSettled = ({ status }: Post): boolean =>
  ["published", "in_inbox", "refused", "failed", "in_doubt"].includes(status);
