import { expect, test } from "vitest";
import { httpEvent } from "../dev/lambda/payload.ts";
import type { Person } from "./support/person.ts";
import { cookiesOf, createPost, postBody, postingStack, VIDEO } from "./support/posting.ts";

const stack = await postingStack();
const { tiktok } = stack;
const photo = { type: "photo", url: "https://media.example.test/1.webp" };
const everyone = { privacyLevel: "PUBLIC_TO_EVERYONE" };

test.each([
  ["accountIds", { accountIds: [] }],
  ["accountIds.0", { accountIds: ["me"] }],
  ["media", { media: [] }],
  ["media.0.type", { media: [{ type: "song", url: VIDEO }] }],
  ["media.0.url", { media: [{ type: "video", url: "somewhere" }] }],
  ["media.0.url", { media: [{ type: "video", url: "http://media.example.test/v.mp4" }] }],
  ["options.tiktok.allowComment", { options: { tiktok: { allowComment: "yes" } } }],
  ["options.tiktok", { options: { tiktok: { allowComments: true } } }],
  ["options", { options: { myspace: {} } }],
  ["idempotencyKey", { idempotencyKey: "" }],
  ["text", { text: "x".repeat(10_001) }],
])("a request with a wrong %s is refused by that name, and notes nothing", async (field, change) => {
  const { owner, accountId } = await stack.poster();

  const response = await createPost(stack, owner, postBody([accountId], change));

  const { error } = JSON.parse(response.body ?? "");
  expect(response.statusCode).toBe(400);
  expect(error.message.split(": ")[0]).toBe(field);
  expect(await stack.db.collection("posts").countDocuments({ userId: owner.userId })).toBe(0);
});

test.each([
  ["text", "text_too_long", { text: "x".repeat(2_201) }],
  ["media", "media_mixed", { media: [{ type: "video", url: VIDEO }, photo] }],
  ["options.tiktok.privacyLevel", "privacy_level_missing", { options: { tiktok: {} } }],
  ["options.tiktok.privacyLevel", "privacy_level_missing", { options: {} }],
  [
    "options.tiktok.disclosure.brandedContent",
    "branded_content_private",
    { options: { tiktok: { privacyLevel: "SELF_ONLY", disclosure: { brandedContent: true } } } },
  ],
])("what TikTok takes from nobody is refused at once: %s, %s", async (field, code, change) => {
  const { owner, accountId } = await stack.poster();

  const [post] = await stack.post(owner, [accountId], change);

  expect(post).toMatchObject({ status: "refused", problem: { field, code, message: expect.stringMatching(/\.$/) } });
});

test.each([
  ["allowComment", { commentDisabled: true }],
  ["allowDuet", { duetDisabled: true }],
  ["allowStitch", { stitchDisabled: true }],
])("what the account has switched off is refused before anything is sent: %s", async (choice, settings) => {
  const { owner, accountId, openId } = await stack.poster(settings);

  const [post] = await stack.post(owner, [accountId], { options: { tiktok: { ...everyone, [choice]: true } } });
  await stack.work();

  expect(await stack.look(owner, post?.id)).toMatchObject({
    status: "refused",
    problem: { field: `options.tiktok.${choice}` },
  });
  expect(tiktok.publishes(openId)).toEqual([]);
});

test("photos from an address that is not verified are refused, for they cannot be uploaded", async () => {
  const { owner, accountId } = await stack.poster();
  const media = [{ type: "photo", url: "https://elsewhere.example.test/1.webp" }];

  const [post] = await stack.post(owner, [accountId], { media });
  await stack.work();

  expect(await stack.look(owner, post?.id)).toMatchObject({
    status: "refused",
    problem: { code: "url_ownership_unverified", field: "media.0.url" },
  });
});

test("a person who may post no more today is refused, and their account stays connected", async () => {
  const { owner, accountId } = await stack.poster({ postingRefusal: "spam_risk_too_many_posts" });

  const [post] = await stack.post(owner, [accountId]);
  await stack.work();

  expect(await stack.look(owner, post?.id)).toMatchObject({
    problem: { message: expect.stringContaining("tomorrow") },
  });
  expect(await stack.db.collection("socialaccounts").findOne({ userId: owner.userId })).toMatchObject({
    status: "active",
    lastError: null,
  });
});

test("an account that did not grant posting asks to be connected again, naming what is missing", async () => {
  const { owner, accountId, openId } = await stack.poster();
  await stack.db
    .collection("socialaccounts")
    .updateOne({ platformAccountId: openId }, { $set: { scopes: ["user.info.basic"] } });

  const [post] = await stack.post(owner, [accountId]);
  await stack.work();

  expect((await stack.look(owner, post?.id)).problem).toMatchObject({
    code: "scope_not_authorized",
    message: expect.stringContaining("“video.publish”"),
  });
  expect(await creator(owner, accountId)).toMatchObject([
    200,
    { canPost: false, problem: { code: "scope_not_authorized" }, options: null },
  ]);
});

test("an account whose connection has ended is refused with the request", async () => {
  const { owner, accountId, openId } = await stack.poster();
  await stack.db
    .collection("socialaccounts")
    .updateOne({ platformAccountId: openId }, { $set: { status: "needs_reauth" } });

  const [post] = await stack.post(owner, [accountId]);

  expect(post).toMatchObject({ status: "refused", problem: { code: "reconnect" } });
});

test("an account that is disconnected before its post is sent gets none", async () => {
  const { owner, accountId, openId } = await stack.poster();
  const [post] = await stack.post(owner, [accountId]);
  await stack.db.collection("socialaccounts").deleteOne({ platformAccountId: openId });

  await stack.work();

  expect(await stack.look(owner, post?.id)).toMatchObject({ status: "refused", problem: { code: "reconnect" } });
  expect(tiktok.publishes(openId)).toEqual([]);
});

test("a composer is told what the account may choose right now, and why not when not", async () => {
  const { owner, accountId, openId } = await stack.poster({ username: "ada", stitchDisabled: true });
  const [status, answer] = await creator(owner, accountId);
  tiktok.fault("creator_info", { status: 200, body: { error: { code: "reached_active_user_cap" } } }, { openId });
  const refused = await creator(owner, accountId);

  expect(status).toBe(200);
  expect(answer).toEqual({
    canPost: true,
    problem: null,
    options: {
      username: "ada",
      displayName: expect.any(String),
      privacyLevels: ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
      allowComment: true,
      allowDuet: true,
      allowStitch: false,
      maxVideoSeconds: 600,
    },
  });
  expect(refused).toMatchObject([200, { canPost: false, problem: { code: "reached_active_user_cap" } }]);
});

test("however often it is asked, TikTok hears of one account 20 times a minute", async () => {
  const { owner, accountId, openId } = await stack.poster();
  const before = callsOf("creator_info", openId);
  tiktok.settings.rateLimits.creator_info = 1_000;

  const answers = await Promise.all(Array.from({ length: 25 }, () => creator(owner, accountId)));

  expect(answers.filter(([status]) => status === 200)).toHaveLength(20);
  expect(answers.filter(([status]) => status === 503)).toHaveLength(5);
  expect(callsOf("creator_info", openId) - before).toBe(20);
});

test("the seventh post of a minute waits for its turn: TikTok never says that it is one too many", async () => {
  const { owner, accountId, openId } = await stack.poster();
  const waiting = [];
  for (let nth = 0; nth < 8; nth += 1) waiting.push(...(await stack.post(owner, [accountId])));

  await stack.deliver();
  await stack.deliver();

  const statuses = await Promise.all(waiting.map(async ({ id }) => (await stack.look(owner, id)).status));
  expect(statuses.filter((status) => status === "queued")).toHaveLength(2);
  expect(tiktok.publishes(openId)).toHaveLength(6);
  expect(tiktok.calls.filter(({ openId: of, outcome }) => of === openId && outcome === "rate_limit_exceeded")).toEqual(
    [],
  );
});

async function creator(owner: Person, accountId: string) {
  const path = { path: `/accounts/${accountId}/creator`, routeKey: "GET /accounts/{accountId}/creator" };
  const event = httpEvent({ ...path, pathParameters: { accountId }, cookies: cookiesOf(owner) });
  const { statusCode, body = "" } = await stack.http("creator-options", event);
  return [statusCode, JSON.parse(body)] as const;
}

const callsOf = (endpoint: string, openId: string) =>
  tiktok.calls.filter((call) => call.endpoint === endpoint && call.openId === openId).length;
