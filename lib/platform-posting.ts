import type * as z from "zod/mini";

export interface Media {
  readonly type: "video" | "photo";
  readonly url: string;
}

/** What the person wants posted. `options` is what the platform's own schema let through. */
export interface PostContent {
  readonly text: string;
  readonly media: readonly Media[];
  readonly options: unknown;
}

/** Why a post is not, or may not be, out there: a code to branch on, the request's field and a sentence for the person. */
export interface PostProblem {
  readonly code: string;
  readonly field: string | null;
  readonly message: string;
}

/** A token as a platform's service needs it. */
export interface PostingToken {
  readonly accessToken: string;
  readonly scopes: readonly string[];
}

/** Whether the platform is handed an address to read the media from, or the bytes. */
export type Delivery = "link" | "upload";

export interface MediaFile {
  readonly size: number;
  readonly contentType: string;
  /** Tells one version of the file from another; null when its server does not say. */
  readonly etag: string | null;
}

/** An upload under way: where to, what, in which portions, and how much of it has arrived. */
export interface Upload extends MediaFile {
  readonly uploadUrl: string;
  readonly chunkSize: number;
  readonly sent: number;
}

export type Refused = { readonly kind: "refused"; readonly problem: PostProblem };

/** Surely nothing happened at the platform: it may be asked again later. */
export type NotNow = { readonly kind: "not_now"; readonly reason: string; readonly retryAfterMs?: number | undefined };

export type CreatorOptions =
  | { readonly kind: "choices"; readonly choices: Readonly<Record<string, unknown>> }
  | Refused
  | NotNow;

export type Checked =
  | { readonly kind: "fine"; readonly author: string | null; readonly file: MediaFile | null }
  | Refused
  | NotNow;

export type PublishResult =
  | { readonly kind: "accepted"; readonly publishId: string; readonly upload: Upload | null }
  /** The platform does not read from this address: nothing was posted, the bytes may be sent instead. */
  | { readonly kind: "upload_instead" }
  /** The answer was lost: it may be posted or not, and must not be sent again. */
  | { readonly kind: "in_doubt"; readonly reason: string }
  | Refused
  | NotNow;

export type UploadResult = { readonly kind: "arrived" } | { readonly kind: "unfinished" } | Refused | NotNow;

export type PublishStatus =
  | { readonly kind: "processing" }
  | { readonly kind: "published"; readonly postId: string | null; readonly awaitsPostId: boolean }
  | { readonly kind: "in_inbox" }
  | { readonly kind: "failed"; readonly problem: PostProblem }
  /** The platform will not say. */
  | { readonly kind: "unknown"; readonly problem: PostProblem }
  | NotNow;

export type PostingAct = "creatorOptions" | "publish" | "status";

export interface UploadWatch {
  /** False when this worker's time is nearly over. */
  mayGoOn(): boolean;
  /** Notes what has arrived, before the next portion is sent. */
  onProgress(sent: number): Promise<void>;
}

/**
 * One platform's service. Failures are values; only a token that the platform refuses is thrown, for withFreshToken to renew. Every
 * method may be called again after it said `not_now`.
 */
export interface PlatformPosting {
  /** What a request may say under `options.<platform>`. */
  readonly options: z.ZodMiniType<Record<string, unknown>>;
  /** How often a minute one account may be asked for each. */
  readonly perMinute: Readonly<Record<PostingAct, number>>;
  /** What can be said against the content without asking anybody. */
  objection(content: PostContent): PostProblem | undefined;
  /** What this person may choose right now, or why they cannot post. */
  creatorOptions(token: PostingToken): Promise<CreatorOptions>;
  /** Holds the content against what the person may choose right now; looks at the file when it is to be uploaded. */
  check(content: PostContent, delivery: Delivery, token: PostingToken): Promise<Checked>;
  /** Hands the post over, once. */
  publish(content: PostContent, file: MediaFile | null, token: PostingToken): Promise<PublishResult>;
  /** Goes on with an upload from where it stopped. */
  upload(content: PostContent, upload: Upload, watch: UploadWatch): Promise<UploadResult>;
  status(content: PostContent, publishId: string, token: PostingToken): Promise<PublishStatus>;
  /** Where a published post can be seen. */
  link(content: PostContent, postId: string, author: string | null): string;
}

/** A file that is read from its address in portions. */
export interface OpenedMedia extends MediaFile {
  readonly body: AsyncIterable<Uint8Array>;
  close(): void;
}

/** Opens a file at a byte of it. Throws MediaUnreadable. */
export type OpenMedia = (url: string, from: number) => Promise<OpenedMedia>;

/** The media's address leads nowhere, or where this service does not go. The message is for the person. */
export class MediaUnreadable extends Error {
  override readonly name = "MediaUnreadable";
  readonly code: string;
  /** False when the same address may be readable in a moment. */
  readonly isFinal: boolean;

  constructor(code: string, message: string, { isFinal, cause }: { isFinal: boolean; cause?: unknown }) {
    super(message, { cause });
    this.code = code;
    this.isFinal = isFinal;
  }
}
