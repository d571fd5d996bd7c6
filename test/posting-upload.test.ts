import { createHash } from "node:crypto";
import { ObjectId } from "mongodb";
import { expect, test } from "vitest";
import type { Fault } from "../dev/fake-tiktok/faults.ts";
import { posts } from "../lib/posting/post.ts";
import { turnMessage } from "../lib/posting/turn-message.ts";
import { mediaServer } from "./support/media-server.ts";
import { createPost, postBody, postingStack, queueEvent } from "./support/posting.ts";

const stack = await postingStack();
const { tiktok } = stack;
const HOUR_MS = 3_600_000;
const CHUNK = 5 * 1024 * 1024;
const bytes = Buffer.alloc(2 * CHUNK + 1_234_567, "frames of a film ");
const sha256 = createHash("sha256").update(bytes).digest("hex");
const media = await mediaServer({
  "/film.mp4": { bytes },
  "/whole.mp4": { bytes, ranges: false },
  "/small.mov": { bytes: bytes.subarray(0, 1_000), type: "video/quicktime" },
  "/changing.mp4": { bytes },
  "/page.html": { bytes: Buffer.from("<html>"), type: "text/html" },
});

test.each(["/film.mp4", "/whole.mp4", "/small.mov"])(
  "a video that TikTok may not pull is uploaded instead, whole: %s",
  async (path) => {
    const { owner, accountId, openId } = await stack.poster();

    const [post] = await stack.post(owner, [accountId], film(path));
    await stack.work();

    const whole = path === "/small.mov" ? bytes.subarray(0, 1_000) : bytes;
    expect(await stack.look(owner, post?.id)).toMatchObject({ status: "published", progress: null });
    expect(tiktok.publishes(openId)).toMatchObject([
      { source: "FILE_UPLOAD", sha256: createHash("sha256").update(whole).digest("hex") },
    ]);
  },
);

test("an https address that is not verified is asked for once, and then read here", async () => {
  const { owner, accountId, openId } = await stack.poster();
  const [post] = await stack.post(owner, [accountId], {
    media: [{ type: "video", url: "https://elsewhere.example.test/v.mp4" }],
  });

  await stack.deliver();

  const stored = await posts(stack.db).findOne({ _id: new ObjectId(post?.id) });
  await stack.given(post?.id, { nextTurnAt: null }); // nobody answers there
  const inits = tiktok.calls.filter((call) => call.endpoint === "video_init" && call.openId === openId);
  expect(inits.map(({ outcome }) => outcome)).toEqual(["url_ownership_unverified"]);
  expect(stored).toMatchObject({ status: "queued", delivery: "upload" });
});

test.each<[string, Fault]>([
  ["cut before it arrives", { drop: "before" }],
  ["cut after it arrived", { drop: "after" }],
  ["answered by a failure", { status: 503 }],
  ["answered by a failure after it arrived", { status: 500, when: "after" }],
])("a portion that is %s is sent again as far as needed, and the video arrives whole", async (_, fault) => {
  const { owner, accountId, openId } = await stack.poster();
  for (let nth = 0; nth < 2; nth += 1) tiktok.fault("upload", fault);

  const [post] = await stack.post(owner, [accountId], film("/film.mp4"));
  await stack.work();

  expect(await stack.look(owner, post?.id)).toMatchObject({ status: "published" });
  expect(tiktok.publishes(openId)).toMatchObject([{ sha256 }]);
});

test("a worker that dies while it uploads is followed by one that goes on at the next missing portion", async () => {
  const { owner, accountId, openId } = await stack.poster();
  const [post] = await stack.post(owner, [accountId], film("/film.mp4"));
  await stack.deliver(); // TikTok does not pull from there
  await stack.deliver(); // the upload is announced
  const before = media.asked.length;
  tiktok.fault("upload", { delayMs: 0 });
  tiktok.fault("upload", { delayMs: 60_000 });

  const worker = await stack.ownProcess("publish-post");
  void worker.invoke(queueEvent([turnMessage(new ObjectId(post?.id), 2)]));
  await expect.poll(() => sentOf(post?.id), { timeout: 10_000 }).toBe(CHUNK);
  await worker.stop();
  await stack.given(post?.id, { lease: { id: "dead", until: new Date(0) }, nextTurnAt: new Date(0) });
  const progress = (await stack.look(owner, post?.id)).progress;
  tiktok.clearFaults();
  await stack.invoke("resume-posts", {});
  await stack.work();

  expect(progress).toEqual({ sentBytes: CHUNK, totalBytes: bytes.length });
  expect(media.asked.slice(before).map(({ range }) => range)).toEqual(["bytes=0-", `bytes=${CHUNK}-`]);
  expect(tiktok.publishes(openId)).toMatchObject([{ status: "PUBLISH_COMPLETE", sha256 }]);
});

test("an upload that takes longer than a worker may run goes on with the next turn", async () => {
  const { owner, accountId, openId } = await stack.poster();
  const before = media.asked.length;
  stack.giveWorkers(20_000);

  const [post] = await stack.post(owner, [accountId], film("/film.mp4"));
  await stack.work();
  stack.giveWorkers();

  expect(await stack.look(owner, post?.id)).toMatchObject({ status: "published" });
  expect(tiktok.publishes(openId)).toMatchObject([{ sha256 }]);
  expect(media.asked.slice(before).map(({ range }) => range)).toEqual(["bytes=0-", "bytes=0-", `bytes=${CHUNK}-`]);
});

test.each([
  [403, "upload_expired"],
  [400, "upload_refused"],
])("an upload that TikTok answers with %i ends failed as %s, and nothing is posted", async (status, code) => {
  const { owner, accountId, openId } = await stack.poster();
  tiktok.fault("upload", { status });

  const [post] = await stack.post(owner, [accountId], film("/film.mp4"));
  await stack.work();

  expect(await stack.look(owner, post?.id)).toMatchObject({ status: "failed", problem: { code }, progress: null });
  expect(tiktok.publishes(openId)).toMatchObject([{ status: "PROCESSING_UPLOAD" }]);
});

test("an upload whose media is gone for good ends failed after a day, and says so", async () => {
  const { owner, accountId } = await stack.poster();
  const [post] = await stack.post(owner, [accountId], film("/film.mp4"));
  await stack.deliver();
  await stack.deliver();
  await stack.given(post?.id, { acceptedAt: new Date(Date.now() - 25 * HOUR_MS) });
  const asked = media.asked.length;

  await stack.work();

  expect(await stack.look(owner, post?.id)).toMatchObject({
    status: "failed",
    problem: { code: "gave_up" },
    progress: null,
  });
  expect(media.asked.length).toBe(asked);
});

test("an upload that TikTok keeps sending back to the start is tried less and less often", async () => {
  const { owner, accountId } = await stack.poster();
  tiktok.fault("upload", { status: 416, headers: { "content-range": `bytes */${bytes.length}` } }, { times: 2 });
  const [post] = await stack.post(owner, [accountId], film("/film.mp4"));
  await stack.deliver();
  await stack.deliver();

  await stack.deliver();
  const first = await posts(stack.db).findOne({ _id: new ObjectId(post?.id) });
  await stack.deliver();
  const second = await posts(stack.db).findOne({ _id: new ObjectId(post?.id) });
  await stack.work();

  expect([first?.failures, second?.failures]).toEqual([1, 2]);
  expect(await stack.look(owner, post?.id)).toMatchObject({ status: "published" });
});

test("a file that changes between two portions is not posted half and half", async () => {
  const { owner, accountId } = await stack.poster();
  const [post] = await stack.post(owner, [accountId], film("/changing.mp4"));
  await stack.deliver();
  await stack.deliver();

  Object.assign(media.files["/changing.mp4"] ?? {}, { etag: '"2"' });
  await stack.work();

  expect(await stack.look(owner, post?.id)).toMatchObject({ status: "failed", problem: { code: "media_changed" } });
});

test("what does not call itself a video is refused before TikTok hears of it", async () => {
  const { owner, accountId, openId } = await stack.poster();

  const [post] = await stack.post(owner, [accountId], film("/page.html"));
  await stack.work();

  expect(await stack.look(owner, post?.id)).toMatchObject({
    status: "refused",
    problem: { code: "media_unusable", field: "media.0.url" },
  });
  expect(tiktok.publishes(openId)).toEqual([]);
});

test("media inside a private network is refused with the request, even where this machine is allowed", async () => {
  const { owner, accountId } = await stack.poster();
  const inside = { media: [{ type: "video", url: "http://169.254.169.254/latest/meta-data" }] };

  const response = await createPost(stack, owner, postBody([accountId], inside));

  expect(response).toMatchObject({ statusCode: 400, body: expect.stringContaining("media.0.url") });
});

test("the address of an upload is not readable in the database", async () => {
  const { owner, accountId } = await stack.poster();
  const [post] = await stack.post(owner, [accountId], film("/film.mp4"));
  await stack.deliver();
  await stack.deliver();

  const stored = await posts(stack.db).findOne({ _id: new ObjectId(post?.id) });
  await stack.work();

  expect(stored?.upload?.uploadUrl).toMatch(/^v1\./);
});

const film = (path: string) => ({ media: [{ type: "video", url: `${media.origin}${path}` }] });

const sentOf = async (postId = "") => (await posts(stack.db).findOne({ _id: new ObjectId(postId) }))?.upload?.sent;
