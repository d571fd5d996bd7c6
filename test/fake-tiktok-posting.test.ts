import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { FakeAccount } from "../dev/fake-tiktok/accounts.ts";
import { type FakeTikTok, startFakeTikTok } from "../dev/fake-tiktok/fake-tiktok.ts";
import { listen } from "../dev/fake-tiktok/server.ts";

const SCOPES = ["user.info.basic", "video.publish", "video.upload"];

let now: Date;
let tiktok: FakeTikTok;
let account: FakeAccount;
let accessToken: string;

beforeEach(async () => {
  now = new Date("2026-11-23T10:00:00Z");
  tiktok = await startFakeTikTok({ clock: () => now });
  tiktok.settings.pullsMedia = false;
  tiktok.verifyUrlPrefix("https://media.example.test/");
  account = tiktok.addAccount({ username: "kitchen.notes" });
  accessToken = tiktok.grant(account.openId, SCOPES).accessToken;
});

afterEach(() => tiktok.stop());

test("a pulled public video is published after some looks and then has a post id beyond 2^53", async () => {
  const [, { data }] = await call("video/init", pulledVideo());
  const looks = [];
  for (let look = 0; look < 3; look += 1) looks.push(await text("status/fetch", { publish_id: data.publish_id }));

  const statuses = looks.map((body) => JSON.parse(body).data.status);
  const [, digits = ""] = /"publicaly_available_post_id":\[(\d+)\]/.exec(looks[2] ?? "") ?? [];
  expect(statuses).toEqual(["PROCESSING_DOWNLOAD", "PUBLISH_COMPLETE", "PUBLISH_COMPLETE"]);
  expect(BigInt(digits)).toBeGreaterThan(2n ** 53n);
  expect(tiktok.publishes(account.openId)).toMatchObject([{ kind: "video", status: "PUBLISH_COMPLETE" }]);
});

test("creator info is asked by POST, and a person who may not post now is an HTTP 200", async () => {
  const fine = await call("creator_info/query", {});
  account.postingRefusal = "spam_risk_too_many_posts";
  const refused = await call("creator_info/query", {});

  expect(fine).toMatchObject([200, { data: { creator_username: "kitchen.notes", stitch_disabled: false } }]);
  expect(refused).toMatchObject([200, { error: { code: "spam_risk_too_many_posts" } }]);
});

test.each([
  [403, "privacy_level_option_mismatch", pulledVideo({ privacy_level: "FOLLOWER_OF_CREATOR" })],
  [403, "url_ownership_unverified", pulledVideo({}, "https://elsewhere.example.test/v.mp4")],
  [400, "invalid_param", pulledVideo({}, "http://media.example.test/v.mp4")],
  [400, "invalid_param", pulledVideo({ title: "x".repeat(2201) })],
])("a post TikTok would not take is a %i %s and publishes nothing", async (status, code, request) => {
  const answer = await call("video/init", request);

  expect(answer).toMatchObject([status, { error: { code } }]);
  expect(tiktok.publishes(account.openId)).toEqual([]);
});

test("a token without the scope posts nothing", async () => {
  accessToken = tiktok.grant(account.openId, ["user.info.basic"]).accessToken;

  expect(await call("video/init", pulledVideo())).toMatchObject([401, { error: { code: "scope_not_authorized" } }]);
});

test("six inits a minute and token are taken, the seventh waits for the minute to pass", async () => {
  const codes = async (times: number) => {
    const seen = [];
    for (let time = 0; time < times; time += 1) seen.push((await call("video/init", pulledVideo()))[1].error.code);
    return seen;
  };

  const first = await codes(7);
  now = new Date(now.getTime() + 60_000);

  expect(first).toEqual([...Array(6).fill("ok"), "rate_limit_exceeded"]);
  expect(await codes(1)).toEqual(["ok"]);
});

test("an upload comes in announced chunks and order, resumes after a cut, and arrives whole", async () => {
  const video = Buffer.alloc(11_500_000, "frames");
  const source = { source: "FILE_UPLOAD", video_size: video.length, chunk_size: 5_500_000, total_chunk_count: 2 };
  const [, { data }] = await call("video/init", { ...pulledVideo(), source_info: source });
  const put = async (first: number, end: number) => {
    const headers = { "content-type": "video/mp4", "content-range": `bytes ${first}-${end - 1}/${video.length}` };
    const body = video.subarray(first, end);
    const answer = await fetch(data.upload_url, { method: "PUT", headers, body });
    return [answer.status, answer.headers.get("content-range")];
  };
  const first = await put(0, 5_500_000);
  const tooShort = await put(5_500_000, 11_000_000);
  tiktok.fault("upload", { drop: "after" });
  await expect(put(5_500_000, video.length)).rejects.toThrow("fetch failed");
  const again = await put(5_500_000, video.length);

  expect(first).toEqual([206, "bytes 0-5499999/11500000"]);
  expect(tooShort).toEqual([400, null]);
  expect(again).toEqual([416, "bytes 0-11499999/11500000"]);
  const sha256 = createHash("sha256").update(video).digest("hex");
  expect(tiktok.publishes(account.openId)).toMatchObject([{ bytes: video.length, sha256 }]);
});

test.each([
  ["too small a chunk", { video_size: 20e6, chunk_size: 4e6, total_chunk_count: 5 }],
  ["a chunk more than fits", { video_size: 23_000_500, chunk_size: 8e6, total_chunk_count: 3 }],
  ["one chunk over 64 MB", { video_size: 70e6, chunk_size: 40e6, total_chunk_count: 1 }],
])("an upload announced with %s is refused", async (_, file) => {
  const answer = await call("video/init", { ...pulledVideo(), source_info: { source: "FILE_UPLOAD", ...file } });

  expect(answer).toMatchObject([400, { error: { code: "invalid_param" } }]);
});

test("media that cannot be pulled, or is no video, fails the publish with TikTok's reason", async () => {
  const media = createServer((request, response) => {
    response.writeHead(request.url === "/gone.mp4" ? 404 : 200, { "content-type": "text/html" }).end("no video");
  });
  const origin = await listen(media, 0);
  tiktok.settings.pullsMedia = true;
  tiktok.verifyUrlPrefix(origin);

  await call("video/init", pulledVideo({}, `${origin}/gone.mp4`));
  await call("video/init", pulledVideo({}, `${origin}/page.mp4`));
  await expect
    .poll(() => tiktok.publishes(account.openId).map(({ failReason }) => failReason))
    .toEqual(["video_pull_failed", "file_format_check_failed"]);
  media.close();
});

test("photos and drafts end where they were meant to, and a sixth draft a day is too many", async () => {
  const source = { source: "PULL_FROM_URL", photo_images: ["https://media.example.test/1.webp"], photo_cover_index: 0 };
  const photos = { media_type: "PHOTO", post_mode: "DIRECT_POST", post_info: { privacy_level: "SELF_ONLY" } };
  await call("content/init", { ...photos, source_info: source });
  const draft = { source_info: pulledVideo().source_info };
  const drafts = [];
  for (let count = 0; count < 6; count += 1) drafts.push((await call("inbox/video/init", draft))[1].error.code);

  for (const { publishId } of tiktok.publishes(account.openId)) tiktok.finishPublish(publishId);

  expect(drafts).toEqual([...Array(5).fill("ok"), "spam_risk_too_many_pending_share"]);
  expect(tiktok.publishes(account.openId).map(({ status }) => status)).toEqual([
    "PUBLISH_COMPLETE",
    ...Array(5).fill("SEND_TO_USER_INBOX"),
  ]);
});

test("a status is its owner's only, and nothing is cancelled once its media has arrived", async () => {
  const [, { data }] = await call("video/init", pulledVideo());
  const cancelled = await call("cancel", { publish_id: data.publish_id });
  accessToken = tiktok.grant(tiktok.addAccount().openId, SCOPES).accessToken;
  const foreign = await call("status/fetch", { publish_id: data.publish_id });
  const unknown = await call("status/fetch", { publish_id: "v_pub_url~v2.1" });

  expect(cancelled).toMatchObject([400, { error: { code: "publish_not_cancellable" } }]);
  expect(foreign[1].error.code).toBe("token_not_authorized_for_specified_publish_id");
  expect(unknown[1].error.code).toBe("invalid_publish_id");
});

test("an init whose answer was lost has published all the same", async () => {
  tiktok.fault("video_init", { drop: "after" });

  await expect(call("video/init", pulledVideo())).rejects.toThrow("fetch failed");

  expect(tiktok.publishes(account.openId)).toHaveLength(1);
});

function pulledVideo(info: object = {}, video_url = "https://media.example.test/v.mp4") {
  return {
    post_info: { title: "New recipe", privacy_level: "PUBLIC_TO_EVERYONE", ...info },
    source_info: { source: "PULL_FROM_URL", video_url },
  };
}

const request = (path: string, body: object) =>
  fetch(`${tiktok.origin}/v2/post/publish/${path}/`, {
    method: "POST",
    headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json; charset=UTF-8" },
    body: JSON.stringify(body),
  });

const text = async (path: string, body: object) => (await request(path, body)).text();

async function call(path: string, body: object) {
  const answer = await request(path, body);
  return [answer.status, await answer.json()] as const;
}
