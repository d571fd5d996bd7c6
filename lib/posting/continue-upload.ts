import type { UploadWatch } from "../platform-posting.ts";
import { placeOf } from "../tokens/seal-pair.ts";
import { type HeldPost, type PostingDependencies, serviceOf, type TurnResult } from "./dependencies.ts";
import { noteProgress } from "./held-post.ts";
import { again, doubt, ended, inSeconds, soon, untilNextLook } from "./results.ts";

/** What one portion may take, at worst. */
const PORTION_MS = 35_000;
const GIVE_UP_MS = 24 * 3_600_000;
const GONE = { upload: null };

/** Sends what is still missing of the file, for as long as this worker may run. */
export async function continueUpload(post: HeldPost, deps: PostingDependencies): Promise<TurnResult> {
  const { cipher, clock, deadline, random } = deps;
  if (!post.upload) return inSeconds(untilNextLook(0, random), { status: "processing" });
  if (clock().getTime() - (post.acceptedAt ?? post.createdAt).getTime() > GIVE_UP_MS)
    return ended("failed", doubt("gave_up", "The media could not be sent for a day. Nothing was posted."), GONE);
  const { upload } = post;
  let sent = upload.sent;
  const watch: UploadWatch = {
    mayGoOn: () => deadline.remaining() > PORTION_MS || sent === upload.sent,
    async onProgress(arrived) {
      sent = arrived;
      await noteProgress(deps, post, { upload: { ...upload, sent } });
    },
  };
  const uploadUrl = cipher.open(upload.uploadUrl, placeOf(post, "uploadUrl"));
  const result = await serviceOf(deps, post).upload(post, { ...upload, uploadUrl }, watch);
  switch (result.kind) {
    case "arrived":
      return inSeconds(untilNextLook(0, random), { status: "processing", upload: null, failures: 0 });
    case "unfinished":
      return sent > upload.sent ? soon({ failures: 0 }) : again(post, {}, random);
    case "refused":
      return ended("failed", result.problem, GONE);
    case "not_now":
      return again(sent > upload.sent ? { failures: 0 } : post, result, random);
  }
}
