import { expect, test } from "vitest";
import { int64 } from "../dev/fake-tiktok/exchange.ts";
import { httpEvent } from "../dev/lambda/payload.ts";
import { posts } from "../lib/posting/post.ts";
import type { Person } from "./support/person.ts";
import { postingStack } from "./support/posting.ts";

const stack = await postingStack();
const { tiktok } = stack;
const POST_ID = 7_500_000_000_000_000_123n;

test.each([
  ["post.publish.failed", { reason: "file_format_check_failed" }, "failed"],
  ["post.publish.inbox_delivered", {}, "in_inbox"],
  ["post.publish.publicly_available", { post_id: int64(POST_ID) }, "published"],
])("%s ends the following at once: nobody asks TikTok any more", async (event, content, status) => {
  const { owner, accountId, openId } = await stack.poster({ username: "ada" });
  const { id, publishId } = await processing(owner, accountId, openId);

  await tell(event, openId, { publish_id: publishId, publish_type: "DIRECT_POST", ...content });
  await stack.work();

  expect(await stack.look(owner, id)).toMatchObject({ status });
  expect(looksAt(openId)).toBe(0);
});

test("an id beyond 2^53 comes through a webhook as it is", async () => {
  const { owner, accountId, openId } = await stack.poster({ username: "ada" });
  const { id, publishId } = await processing(owner, accountId, openId);

  await tell("post.publish.publicly_available", openId, { publish_id: publishId, post_id: int64(POST_ID) });

  const url = `https://www.tiktok.com/@ada/video/${POST_ID}`;
  expect(await stack.look(owner, id)).toMatchObject({ postId: String(POST_ID), url, problem: null });
});

test("a post that is complete is published at once, and its link is still looked for", async () => {
  const { owner, accountId, openId } = await stack.poster();
  const { id, publishId } = await processing(owner, accountId, openId);

  await tell("post.publish.complete", openId, { publish_id: publishId });
  const told = await stack.look(owner, id);
  await stack.work();

  expect(told).toMatchObject({ status: "published", url: null });
  expect(await stack.look(owner, id)).toMatchObject({ status: "published", url: expect.stringContaining("/video/") });
});

test("completion told after the link leaves the link as it is, also when TikTok's status knows of none", async () => {
  const { owner, accountId, openId } = await stack.poster({ username: "ada" });
  const { id, publishId } = await processing(owner, accountId, openId);
  const complete = { data: { status: "PUBLISH_COMPLETE" }, error: { code: "ok" } };
  tiktok.fault("status", { status: 200, body: complete }, { openId, times: 20 });

  await tell("post.publish.publicly_available", openId, { publish_id: publishId, post_id: int64(POST_ID) });
  await tell("post.publish.complete", openId, { publish_id: publishId });
  await posts(stack.db).updateMany({ publishId, nextTurnAt: { $ne: null } }, { $set: { nextTurnAt: new Date(0) } });
  await stack.invoke("resume-posts", {});
  await stack.work();

  expect(await stack.look(owner, id)).toMatchObject({ status: "published", postId: String(POST_ID) });
  expect(looksAt(openId)).toBe(0);
});

test("news of an id that nobody knows settles the one post of that account whose answer was lost", async () => {
  const { owner, accountId, openId } = await stack.poster();
  tiktok.fault("video_init", { drop: "after" }, { openId });
  const [post] = await stack.post(owner, [accountId]);
  await stack.work();
  const [publish] = tiktok.publishes(openId);

  await tell("post.publish.failed", openId, { publish_id: publish?.publishId, reason: "spam_risk_text" });

  expect(await stack.look(owner, post?.id)).toMatchObject({
    status: "failed",
    publishId: publish?.publishId,
    problem: { code: "spam_risk_text", field: "text" },
  });
});

test("news that comes before the answer with the id is asked for again, and then settles the post", async () => {
  const { owner, accountId, openId } = await stack.poster();
  tiktok.fault("video_init", { drop: "after" }, { openId });
  const [post] = await stack.post(owner, [accountId]);
  await stack.work();
  const news = { publish_id: tiktok.publishes(openId)[0]?.publishId, reason: "internal" };
  await stack.given(post?.id, { status: "sending" });

  const early = await tell("post.publish.failed", openId, news);
  await stack.given(post?.id, { status: "in_doubt" });
  const again = await tell("post.publish.failed", openId, news);

  expect([early.statusCode, again.statusCode]).toEqual([503, 200]);
  expect(await stack.look(owner, post?.id)).toMatchObject({ status: "failed", publishId: news.publish_id });
});

test("news of an unknown id settles nothing where it could be either of two posts", async () => {
  const { owner, accountId, openId } = await stack.poster();
  tiktok.fault("video_init", { drop: "after" }, { openId, times: 2 });
  const [first] = await stack.post(owner, [accountId]);
  const [second] = await stack.post(owner, [accountId]);
  await stack.work();

  const response = await tell("post.publish.failed", openId, {
    publish_id: tiktok.publishes(openId)[0]?.publishId,
    reason: "internal",
  });

  const statuses = await Promise.all([first, second].map(async (post) => (await stack.look(owner, post?.id)).status));
  expect(response.statusCode).toBe(200);
  expect(statuses).toEqual(["in_doubt", "in_doubt"]);
});

test("news about another account's post changes nothing", async () => {
  const { owner, accountId, openId } = await stack.poster();
  const { id, publishId } = await processing(owner, accountId, openId);
  const stranger = tiktok.addAccount();

  await tell("post.publish.failed", stranger.openId, { publish_id: publishId, reason: "internal" });

  expect(await stack.look(owner, id)).toMatchObject({ status: "processing" });
});

test("a failure told late does not take back a post that was seen published", async () => {
  const { owner, accountId, openId } = await stack.poster();
  const { id, publishId } = await processing(owner, accountId, openId);
  await stack.work();

  await tell("post.publish.failed", openId, { publish_id: publishId, reason: "internal" });

  expect(await stack.look(owner, id)).toMatchObject({ status: "published", problem: null });
});

async function processing(owner: Person, accountId: string, openId: string) {
  const [post] = await stack.post(owner, [accountId]);
  await stack.deliver();
  return { id: post?.id, publishId: tiktok.publishes(openId)[0]?.publishId };
}

function tell(event: string, openId: string, content: object) {
  const webhook = tiktok.webhook({ event, openId, content });
  return stack.http("tiktok-webhook", httpEvent({ method: "POST", path: "/webhooks/tiktok", ...webhook }));
}

const looksAt = (openId: string) =>
  tiktok.calls.filter((call) => call.endpoint === "status" && call.openId === openId).length;
