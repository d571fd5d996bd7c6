import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { httpEvent } from "../dev/lambda/payload.ts";
import { person } from "./support/person.ts";
import { cookiesOf, createPost, postBody, postingStack } from "./support/posting.ts";

const stack = await postingStack();
const { tiktok } = stack;

test("one video to two accounts: one refuses and says why, the other ends published with a link", async () => {
  const { owner, accountId, openId } = await stack.poster({ username: "kitchen.notes" });
  const friends = tiktok.addAccount({ privacyLevels: ["SELF_ONLY"] });
  const second = (await owner.connect({ account: friends.openId })).searchParams.get("account") ?? "";

  const taken = await stack.post(owner, [accountId, second]);
  await stack.work();

  const [published, refused] = await Promise.all(
    [accountId, second].map((id) => stack.look(owner, taken.find((post) => post.accountId === id)?.id)),
  );
  const [publish] = tiktok.publishes(openId);
  expect(taken.map(({ status }) => status)).toEqual(["queued", "queued"]);
  expect(published).toMatchObject({
    status: "published",
    problem: null,
    publishId: publish?.publishId,
    postId: String(publish?.postId),
    url: `https://www.tiktok.com/@kitchen.notes/video/${publish?.postId}`,
  });
  expect(BigInt(published?.postId ?? 0)).toBeGreaterThan(2n ** 53n);
  expect(refused).toMatchObject({
    status: "refused",
    problem: {
      code: "privacy_level_not_offered",
      field: "options.tiktok.privacyLevel",
      message: expect.stringContaining("SELF_ONLY"),
    },
  });
  expect(tiktok.publishes(friends.openId)).toEqual([]);
});

test("the same key ten times at once is one publish per account and ten times the same answer", async () => {
  const { owner, accountId, openId } = await stack.poster();
  const other = tiktok.addAccount();
  const second = (await owner.connect({ account: other.openId })).searchParams.get("account") ?? "";
  const body = postBody([accountId, second]);

  const answers = await Promise.all(Array.from({ length: 10 }, () => createPost(stack, owner, body)));
  await stack.work();
  const later = await createPost(stack, owner, body);

  expect(new Set(answers.map(({ statusCode, body: text }) => `${statusCode} ${text}`)).size).toBe(1);
  expect(answers[0]?.statusCode).toBe(202);
  expect([openId, other.openId].map((id) => tiktok.publishes(id).length)).toEqual([1, 1]);
  expect(JSON.parse(later.body ?? "").posts.map(({ status }: { status: string }) => status)).toEqual([
    "published",
    "published",
  ]);
});

test("a key that was used for something else is refused", async () => {
  const { owner, accountId } = await stack.poster();
  const idempotencyKey = randomUUID();
  await stack.post(owner, [accountId], { idempotencyKey });

  const response = await createPost(stack, owner, postBody([accountId], { idempotencyKey, text: "Another" }));

  expect(response.statusCode).toBe(400);
  expect(response.body).toContain("idempotencyKey");
});

test("what is posted is what the person chose, and what they did not choose is off", async () => {
  const { owner, accountId, openId } = await stack.poster();
  const disclosure = { ownBrand: true, aiGenerated: true };
  const tiktokOptions = { privacyLevel: "SELF_ONLY", allowStitch: true, coverTimestampMs: 1500, disclosure };

  await stack.post(owner, [accountId], { options: { tiktok: tiktokOptions } });
  await stack.work();

  expect(initOf(openId)).toEqual({
    post_info: {
      title: "New recipe #pasta",
      privacy_level: "SELF_ONLY",
      disable_comment: true,
      disable_duet: true,
      disable_stitch: false,
      video_cover_timestamp_ms: 1500,
      brand_content_toggle: false,
      brand_organic_toggle: true,
      is_aigc: true,
    },
    source_info: { source: "PULL_FROM_URL", video_url: "https://media.example.test/v.mp4" },
  });
});

test("photos are posted in their order, and a draft ends in the person's inbox", async () => {
  const { owner, accountId, openId } = await stack.poster();
  const media = ["1", "2", "3"].map((name) => ({ type: "photo", url: `https://media.example.test/${name}.webp` }));

  const [photos] = await stack.post(owner, [accountId], { media });
  await stack.work();
  const [draft] = await stack.post(owner, [accountId], { options: { tiktok: { mode: "draft" } } });
  await stack.work();

  expect(tiktok.publishes(openId)).toMatchObject([{ kind: "photos" }, { kind: "draft" }]);
  expect(tiktok.publishes(openId)[0]?.urls).toEqual(media.map(({ url }) => url));
  expect(await stack.look(owner, photos?.id)).toMatchObject({ status: "published" });
  expect(await stack.look(owner, draft?.id)).toMatchObject({ status: "in_inbox", problem: null });
});

test("a post is its owner's alone", async () => {
  const { owner, accountId } = await stack.poster();
  const [post] = await stack.post(owner, [accountId]);
  const stranger = await person(stack);

  expect(await stack.look(stranger, post?.id)).toMatchObject({ error: { code: "not_found" } });
  expect((await createPost(stack, stranger, postBody([accountId]))).statusCode).toBe(404);
});

test("a request that another site's page could send is refused before anything is noted", async () => {
  const { owner, accountId } = await stack.poster();
  const foreign = httpEvent({
    method: "POST",
    path: "/posts",
    headers: { origin: "https://evil.example", "content-type": "application/json" },
    cookies: cookiesOf(owner),
    body: JSON.stringify(postBody([accountId])),
  });

  expect(await stack.http("create-post", foreign)).toMatchObject({ statusCode: 403 });
  expect(await stack.db.collection("posts").countDocuments({ userId: owner.userId })).toBe(0);
});

const initOf = (openId: string) =>
  tiktok.calls.find((call) => call.endpoint === "video_init" && call.openId === openId)?.body;
