import { randomInt } from "node:crypto";
import { after, type Clock } from "../../lib/clock.ts";

export type PublishStatus =
  | "PROCESSING_UPLOAD"
  | "PROCESSING_DOWNLOAD"
  | "SEND_TO_USER_INBOX"
  | "PUBLISH_COMPLETE"
  | "FAILED";

export interface PublishRequest {
  readonly openId: string;
  readonly kind: "video" | "draft" | "photos" | "photo_drafts";
  readonly source: "PULL_FROM_URL" | "FILE_UPLOAD";
  readonly urls: readonly string[];
  readonly title: string;
  readonly privacyLevel: string | undefined;
}

/** What an accepted init became. */
export interface Publish extends PublishRequest {
  readonly publishId: string;
  readonly createdAt: Date;
  status: PublishStatus;
  failReason: string | undefined;
  /** Once TikTok shows the post to everyone. Above 2^53, as the real ones. */
  postId: bigint | undefined;
  bytes: number;
  /** Of what was uploaded, to tell whether it arrived whole. */
  sha256: string | undefined;
}

/** How an accepted publish goes on: by so many status requests or so much time after the media has arrived. */
export interface Pace {
  pollsToComplete: number;
  secondsToComplete: number;
}

interface Tracked {
  readonly publish: Publish;
  arrivedAt: Date | undefined;
  polls: number;
}

export type Publishing = ReturnType<typeof openPublishing>;

const PREFIX = { video: "v_pub", draft: "v_inbox", photos: "p_pub", photo_drafts: "p_inbox" };

export function openPublishing(clock: Clock, pace: Pace) {
  const all = new Map<string, Tracked>();
  const unfinished = ({ status }: Publish) => status.startsWith("PROCESSING");

  function end(publish: Publish, failReason?: string): void {
    const isDraft = publish.kind === "draft" || publish.kind === "photo_drafts";
    publish.failReason = failReason;
    publish.status = failReason ? "FAILED" : isDraft ? "SEND_TO_USER_INBOX" : "PUBLISH_COMPLETE";
  }

  return {
    open(request: PublishRequest): Publish {
      const pulls = request.source === "PULL_FROM_URL";
      const publish: Publish = {
        ...request,
        publishId: `${PREFIX[request.kind]}_${pulls ? "url" : "file"}~v2.${int64Id()}`,
        createdAt: clock(),
        status: pulls ? "PROCESSING_DOWNLOAD" : "PROCESSING_UPLOAD",
        failReason: undefined,
        postId: undefined,
        bytes: 0,
        sha256: undefined,
      };
      all.set(publish.publishId, { publish, arrivedAt: undefined, polls: 0 });
      return publish;
    },
    find: (publishId: string): Publish | undefined => all.get(publishId)?.publish,
    of: (openId: string): Publish[] =>
      [...all.values()].map(({ publish }) => publish).filter((publish) => publish.openId === openId),
    /** The media is at TikTok, or never will be. */
    arrived({ publishId }: Publish, failReason?: string): void {
      const tracked = all.get(publishId);
      if (!tracked || !unfinished(tracked.publish)) return;
      tracked.arrivedAt = clock();
      if (failReason) end(tracked.publish, failReason);
    },
    hasArrived: ({ publishId }: Publish): boolean => all.get(publishId)?.arrivedAt !== undefined,
    /** One look at the status, which is also what moves it on. */
    poll({ publishId }: Publish): void {
      const tracked = all.get(publishId);
      if (!tracked?.arrivedAt) return;
      const { publish, arrivedAt } = tracked;
      tracked.polls += 1;
      const due = after(arrivedAt, pace.secondsToComplete * 1000) <= clock();
      if (unfinished(publish)) {
        if (due || tracked.polls >= pace.pollsToComplete) end(publish);
      } else if (publish.status === "PUBLISH_COMPLETE" && publish.privacyLevel === "PUBLIC_TO_EVERYONE") {
        publish.postId ??= int64Id();
      }
    },
    /** Ends a publish now, as moderation would. */
    finish(publishId: string, failReason?: string): void {
      const tracked = all.get(publishId);
      if (tracked) end(tracked.publish, failReason);
    },
    authorizationRemoved(openId: string): void {
      for (const { publish } of all.values())
        if (publish.openId === openId && unfinished(publish)) end(publish, "auth_removed");
    },
  };
}

const int64Id = (): bigint => 7_500_000_000_000_000_000n + BigInt(randomInt(2 ** 47));
