import type { UploadWatch } from "../platform-posting.ts";
import { placeOf } from "../tokens/seal-pair.ts";
import { type HeldPost, type PostingDependencies, serviceOf, type TurnResult } from "./dependencies.ts";
import { noteProgress } from "./held-post.ts";
import { again, ended, inSeconds, soon, untilNextLook } from "./results.ts";

/** What one portion may take, at worst. */
const PORTION_MS = 35_000;

/** Sends what is still missing of the file, for as long as this worker may run. */
export async function continueUpload(post: HeldPost, deps: PostingDependencies): Promise<TurnResult> {
  const { cipher, deadline, random } = deps;
  if (!post.upload) return inSeconds(untilNextLook(0, random), { status: "processing" });
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
      return soon({ failures: 0 });
    case "refused":
      return ended("failed", result.problem, { upload: null });
    case "not_now":
      return again(sent > upload.sent ? { failures: 0 } : post, result, random);
  }
}
