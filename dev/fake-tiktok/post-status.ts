import * as z from "zod";
import { type Caller, forCaller, scopeMissing } from "./bearer.ts";
import { type Answer, type Exchange, failed, int64, jsonOf, succeeded } from "./exchange.ts";
import type { Publish } from "./publishing.ts";
import type { World } from "./world.ts";

const Naming = z.object({ publish_id: z.string() });

/** `POST /v2/post/publish/status/fetch/` */
export const fetchStatus = forCaller(
  "status",
  withPublish((publish, world) => {
    world.publishing.poll(publish);
    const { status, failReason, postId, source, bytes } = publish;
    return succeeded(world, {
      status,
      ...(failReason !== undefined && { fail_reason: failReason }),
      // TikTok's spelling.
      publicaly_available_post_id: postId === undefined ? [] : [int64(postId)],
      ...(source === "FILE_UPLOAD" ? { uploaded_bytes: bytes } : { downloaded_bytes: bytes }),
    });
  }),
);

/** `POST /v2/post/publish/cancel/`: only while the media is still on its way. */
export const cancel = forCaller(
  "status",
  withPublish((publish, world) => {
    if (!publish.status.startsWith("PROCESSING") || world.publishing.hasArrived(publish))
      return failed(world, 400, "publish_not_cancellable", "The publish can no longer be cancelled.");
    world.publishing.finish(publish.publishId, "publish_cancelled");
    return succeeded(world, {});
  }),
);

function withPublish(act: (publish: Publish, world: World) => Answer) {
  return ({ account, scopes }: Caller, exchange: Exchange, world: World): Answer => {
    if (!scopes.includes("video.publish") && !scopes.includes("video.upload")) return scopeMissing(world);
    const named = Naming.safeParse(jsonOf(exchange));
    if (!named.success) return failed(world, 400, "invalid_param", "publish_id is missing.");
    const publish = world.publishing.find(named.data.publish_id);
    if (!publish) return failed(world, 400, "invalid_publish_id", "The publish_id does not exist.");
    if (publish.openId !== account.openId)
      return failed(world, 400, "token_not_authorized_for_specified_publish_id", "The publish is another user's.");
    return act(publish, world);
  };
}
