import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { SQSBatchResponse } from "aws-lambda";
import { ObjectId } from "mongodb";
import { dist } from "../../dev/build/entries.ts";
import type { FakeAccount } from "../../dev/fake-tiktok/accounts.ts";
import { startEnvironment } from "../../dev/lambda/environment.ts";
import { httpEvent, lambdaContext } from "../../dev/lambda/payload.ts";
import { type Post, posts } from "../../lib/posting/post.ts";
import type { ShownPost } from "../../lib/posting/shown-post.ts";
import { linkedAs } from "./linked.ts";
import { type Person, person } from "./person.ts";
import { OWN_ORIGIN } from "./requests.ts";
import { type TestStack, testStack } from "./stack.ts";

const DEPLOYED_MS = 900_000;

export const VIDEO = "https://media.example.test/v.mp4";

/** A stack whose posts have a queue, and whose TikTok reads from media.example.test without really doing so. */
export async function postingStack() {
  const stack = await testStack({ TIKTOK_SCOPES: "user.info.basic,video.publish,video.upload" });
  const queue = stack.aws.queue("posts", { visibilitySeconds: 5_400 });
  process.env.POSTS_QUEUE_URL = queue.url;
  stack.tiktok.settings.pullsMedia = false;
  stack.tiktok.verifyUrlPrefix("https://media.example.test/");
  let delivered = 0;
  let remainingMs = DEPLOYED_MS;

  /** Delivers the messages that came since, however long they were to be delayed. False when there were none. */
  async function deliver(): Promise<boolean> {
    const fresh = queue.messages().slice(delivered);
    delivered += fresh.length;
    if (fresh.length > 0) await publish(...fresh.map(({ body }) => body));
    return fresh.length > 0;
  }

  /** With the time that the deployed function has. */
  const publish = async (...bodies: string[]) =>
    (await stack.invoke("publish-post", queueEvent(bodies), lambdaContext({ remainingMs }))) as SQSBatchResponse;

  async function poster(account: Partial<FakeAccount> = {}) {
    const { openId } = stack.tiktok.addAccount(account);
    const { person: owner, accountId } = await linkedAs(await person(stack), openId);
    return { owner, accountId, openId };
  }

  return {
    ...stack,
    queue,
    publish,
    deliver,
    poster,
    /** How much time every worker has from now on. */
    giveWorkers(milliseconds = DEPLOYED_MS) {
      remainingMs = milliseconds;
    },
    /** A function apart from this process: to be killed, or because this one has loaded more than functions do. */
    ownProcess: (name: string) =>
      startEnvironment({
        name,
        taskRoot: join(dist, name),
        handler: "index.handler",
        env: { ...stack.environment, POSTS_QUEUE_URL: queue.url },
        timeoutMs: 60_000,
        memoryMb: 512,
        log: () => undefined,
      }),
    /** Works until nothing more is asked for. */
    async work(): Promise<void> {
      while (await deliver());
    },
    async post(owner: Person, accountIds: readonly string[], change: object = {}): Promise<ShownPost[]> {
      const response = await createPost(stack, owner, postBody(accountIds, change));
      if (response.statusCode !== 202) throw new Error(`Not taken: ${response.body}`);
      return JSON.parse(response.body ?? "").posts;
    },
    async look(owner: Person, postId = ""): Promise<ShownPost> {
      const path = { path: `/posts/${postId}`, routeKey: "GET /posts/{postId}", pathParameters: { postId } };
      const response = await stack.http("get-post", httpEvent({ ...path, cookies: cookiesOf(owner) }));
      return JSON.parse(response.body ?? "");
    },
    settle: (owner: Person, postId: string | undefined, outcome: string) =>
      stack.http("settle-post", settlement(owner, postId, outcome)),
    /** Alters a post in the database, as time or a crash would. */
    async given(postId = "", change: Partial<Post>): Promise<void> {
      await posts(stack.db).updateOne({ _id: new ObjectId(postId) }, { $set: change });
    },
  };
}

export type PostingStack = Awaited<ReturnType<typeof postingStack>>;

export const postBody = (accountIds: readonly string[], change: object = {}) => ({
  accountIds,
  text: "New recipe #pasta",
  media: [{ type: "video", url: VIDEO }],
  options: { tiktok: { privacyLevel: "PUBLIC_TO_EVERYONE", allowComment: true } },
  idempotencyKey: randomUUID(),
  ...change,
});

export const createPost = (stack: TestStack, owner: Person, body: unknown) =>
  stack.http(
    "create-post",
    httpEvent({
      method: "POST",
      path: "/posts",
      headers: { origin: OWN_ORIGIN, "content-type": "application/json" },
      cookies: cookiesOf(owner),
      body: JSON.stringify(body),
    }),
  );

export function settlement(owner: Person, postId = "", outcome: string) {
  const path = { path: `/posts/${postId}/settlement`, routeKey: "POST /posts/{postId}/settlement" };
  const headers = { origin: OWN_ORIGIN, "content-type": "application/json" };
  const body = JSON.stringify({ outcome });
  const request = { ...path, headers, body, method: "POST", pathParameters: { postId } };
  return httpEvent({ ...request, cookies: cookiesOf(owner) });
}

export const cookiesOf = ({ cookies }: Person): string[] => [...cookies].map(([name, value]) => `${name}=${value}`);

export const queueEvent = (bodies: readonly string[]) => ({
  Records: bodies.map((body) => ({ messageId: randomUUID(), body, eventSource: "aws:sqs", attributes: {} })),
});
