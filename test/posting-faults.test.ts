import { ObjectId } from "mongodb";
import { expect, test } from "vitest";
import type { Fault, FaultPoint } from "../dev/fake-tiktok/faults.ts";
import { turnMessage } from "../lib/posting/turn-message.ts";
import { createPost, postBody, postingStack, queueEvent, settlement } from "./support/posting.ts";

const stack = await postingStack();
const { tiktok } = stack;

const refusal = (code: string) => ({ data: {}, error: { code, message: "No.", log_id: "L1" } });
const rateLimited: Fault = { status: 429, body: refusal("rate_limit_exceeded"), headers: { "retry-after": "1" } };
const tokenRefused: Fault = { status: 401, body: refusal("access_token_invalid") };
const spam: Fault = { status: 200, body: refusal("spam_risk_too_many_posts") };
const scopeGone: Fault = { status: 401, body: refusal("scope_not_authorized") };
const html: Fault = { status: 200, body: "<html>" };

test.each<[FaultPoint, string, string, number, Fault]>([
  ["creator_info", "is cut before it acts", "published", 1, { drop: "before" }],
  ["creator_info", "is cut after it acted", "published", 1, { drop: "after" }],
  ["creator_info", "is over its limit", "published", 1, rateLimited],
  ["creator_info", "fails", "published", 1, { status: 503, body: "<html>" }],
  ["creator_info", "refuses the token", "published", 1, tokenRefused],
  ["creator_info", "refuses with 200", "refused", 0, spam],
  ["creator_info", "answers nonsense", "published", 1, html],
  ["creator_info", "lacks the scope", "refused", 0, scopeGone],
  ["video_init", "is cut before it acts", "in_doubt", 0, { drop: "before" }],
  ["video_init", "is cut after it acted", "in_doubt", 1, { drop: "after" }],
  ["video_init", "is over its limit", "published", 1, rateLimited],
  ["video_init", "fails", "in_doubt", 0, { status: 503, body: "<html>" }],
  [
    "video_init",
    "fails after it acted",
    "in_doubt",
    1,
    { status: 500, body: refusal("internal_error"), when: "after" },
  ],
  ["video_init", "refuses the token", "published", 1, tokenRefused],
  ["video_init", "refuses with 200", "refused", 0, spam],
  ["video_init", "answers nonsense after it acted", "in_doubt", 1, { ...html, when: "after" }],
  ["video_init", "lacks the scope", "refused", 0, scopeGone],
  ["status", "is cut before it acts", "published", 1, { drop: "before" }],
  ["status", "is cut after it acted", "published", 1, { drop: "after" }],
  ["status", "is over its limit", "published", 1, rateLimited],
  ["status", "fails", "published", 1, { status: 502, body: "<html>" }],
  ["status", "refuses the token", "published", 1, tokenRefused],
  ["status", "answers nonsense", "published", 1, html],
  ["status", "does not know the post", "in_doubt", 1, { status: 400, body: refusal("invalid_publish_id") }],
])("when %s %s, the post ends %s", async (point, _, status, publishes, fault) => {
  const { owner, accountId, openId } = await stack.poster();
  tiktok.fault(point, fault, { openId });

  const [post] = await stack.post(owner, [accountId]);
  await stack.work();

  const ended = await stack.look(owner, post?.id);
  expect(ended.status).toBe(status);
  expect(ended.problem === null).toBe(status === "published");
  expect(tiktok.publishes(openId).length).toBe(publishes);
  expect(await stack.db.collection("socialaccounts").findOne({ platformAccountId: openId })).toMatchObject({
    status: "active",
  });
});

test.each<[FaultPoint, "before" | "after", string, number]>([
  ["creator_info", "before", "published", 1],
  ["video_init", "before", "in_doubt", 1],
  ["video_init", "after", "in_doubt", 1],
  ["status", "before", "published", 1],
])("a worker killed at %s, %s TikTok acts, leaves a post that ends %s", async (point, when, status, publishes) => {
  const { owner, accountId, openId } = await stack.poster();
  const [post] = await stack.post(owner, [accountId]);
  const postId = new ObjectId(post?.id);
  if (point === "status") await stack.deliver();
  tiktok.fault(point, { delayMs: 1_500, when }, { openId });
  const turn = point === "status" ? 1 : 0;

  const worker = await stack.ownProcess("publish-post");
  void worker.invoke(queueEvent([turnMessage(postId, turn)]));
  await expect.poll(() => callsOf(point, openId), { timeout: 10_000 }).toBe(1);
  await worker.stop();
  await stack.deliver(); // the message is still there, but the dead worker's lease is too
  await stack.given(post?.id, { lease: { id: "dead", until: new Date(0) }, nextTurnAt: new Date(0) });
  await stack.invoke("resume-posts", {});
  await stack.work();

  expect(await stack.look(owner, post?.id)).toMatchObject({ status });
  await expect.poll(() => tiktok.publishes(openId).length, { timeout: 5_000 }).toBe(publishes);
});

test("a token refused by the init, and then an outage, leaves nothing in doubt: it is posted once TikTok is back", async () => {
  const { owner, accountId, openId } = await stack.poster();
  const [post] = await stack.post(owner, [accountId]);
  tiktok.fault("video_init", tokenRefused, { openId });
  tiktok.fault("creator_info", { delayMs: 1 }, { openId });
  tiktok.fault("creator_info", { status: 503 }, { openId });

  await stack.work();

  expect(await stack.look(owner, post?.id)).toMatchObject({ status: "published" });
  expect(tiktok.publishes(openId)).toHaveLength(1);
});

test("a person is told what to do about a post in doubt, and their word ends it", async () => {
  const { owner, accountId, openId } = await stack.poster();
  tiktok.fault("video_init", { drop: "after" }, { openId });
  const [post] = await stack.post(owner, [accountId]);
  await stack.work();

  const inDoubt = await stack.look(owner, post?.id);
  const settled = await stack.settle(owner, post?.id, "published");
  const again = await stack.settle(owner, post?.id, "not_published");

  expect(inDoubt.problem?.message).toMatch(/may be published or not.*say here/);
  expect(settled).toMatchObject({ statusCode: 200, body: expect.stringContaining('"status":"published"') });
  expect(again.statusCode).toBe(404);
});

test("a message that is no message stays in the queue, and the others of its batch do not", async () => {
  const { owner, accountId, openId } = await stack.poster();
  const [post] = await stack.post(owner, [accountId]);
  const event = queueEvent(["nonsense", turnMessage(new ObjectId(post?.id), 0)]);

  const response = await stack.invoke("publish-post", event);

  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: event.Records[0]?.messageId }] });
  expect(tiktok.publishes(openId)).toHaveLength(1);
});

test("a queue that takes nothing loses no post and forgets no answer of TikTok's", async () => {
  const { owner, accountId, openId } = await stack.poster();
  const body = postBody([accountId]);
  stack.aws.failNext("sqs", "SendMessage", "InternalFailure", 3, 500);
  const refused = await createPost(stack, owner, body);
  const [post] = JSON.parse((await createPost(stack, owner, body)).body ?? "").posts;
  stack.aws.failNext("sqs", "SendMessage", "InternalFailure", 3, 500);
  await stack.deliver();

  const handedOver = await stack.look(owner, post.id);
  await stack.given(post.id, { nextTurnAt: new Date(0) });
  const resumed = await stack.invoke("resume-posts", {});
  await stack.work();

  expect(refused).toMatchObject({ statusCode: 503, body: expect.stringContaining("the same key") });
  expect(handedOver).toMatchObject({ status: "processing", publishId: tiktok.publishes(openId)[0]?.publishId });
  expect(resumed).toEqual({ resumed: 1 });
  expect(await stack.look(owner, post.id)).toMatchObject({ status: "published" });
});

test("an id that comes as a number is an id, too", async () => {
  const { owner, accountId, openId } = await stack.poster();
  const body = { data: { publish_id: 75_000 }, error: { code: "ok" } };
  tiktok.fault("video_init", { status: 200, body }, { openId });

  const [post] = await stack.post(owner, [accountId]);
  await stack.deliver();

  expect(await stack.look(owner, post?.id)).toMatchObject({ status: "processing", publishId: "75000" });
  await stack.work();
});

test("a post whose account is disconnected meanwhile asks the person how it ended", async () => {
  const { owner, accountId } = await stack.poster();
  const [post] = await stack.post(owner, [accountId]);
  await stack.deliver();
  await stack.db.collection("socialaccounts").deleteOne({ _id: new ObjectId(accountId) });

  await stack.work();

  const problem = { code: "reconnect", message: expect.stringMatching(/may be published or not.*say here/) };
  expect(await stack.look(owner, post?.id)).toMatchObject({ status: "in_doubt", problem });
});

test("an outcome that is none is refused in words", async () => {
  const { owner, accountId } = await stack.poster();
  const [post] = await stack.post(owner, [accountId]);

  const settlePost = await stack.ownProcess("settle-post");
  const answer = await settlePost.invoke(settlement(owner, post?.id, "perhaps"));
  await settlePost.stop();

  const words = expect.stringMatching(/"invalid_request".*outcome: Invalid option: expected one of \\"published\\"/);
  expect(answer).toMatchObject({ type: "ok", value: { statusCode: 400, body: words } });
  await stack.work();
});

test("an id beside a field that is null is an id: the post is followed, not left in doubt", async () => {
  const { owner, accountId, openId } = await stack.poster();
  const data = { publish_id: "v_pub_url~v2.9007199254740993001", upload_url: null };
  tiktok.fault(
    "video_init",
    { status: 200, body: { data, error: { code: "ok", message: "", log_id: null } } },
    { openId },
  );

  const [post] = await stack.post(owner, [accountId]);
  await stack.deliver();
  const accepted = await stack.look(owner, post?.id);
  await stack.work();

  expect(accepted).toMatchObject({ status: "processing", publishId: "v_pub_url~v2.9007199254740993001" });
});

test("the same message delivered five times at once posts once", async () => {
  const { owner, accountId, openId } = await stack.poster();
  const [post] = await stack.post(owner, [accountId]);
  const body = turnMessage(new ObjectId(post?.id), 0);

  await Promise.all(Array.from({ length: 5 }, () => stack.publish(body, body)));
  await stack.work();

  expect(tiktok.publishes(openId)).toHaveLength(1);
  expect(callsOf("status", openId)).toBe(3);
});

const callsOf = (endpoint: FaultPoint, openId: string) =>
  tiktok.calls.filter((call) => call.endpoint === endpoint && call.openId === openId).length;
