import { randomUUID } from "node:crypto";
import { ObjectId } from "mongodb";
import { expect, test } from "vitest";
import { posts } from "../lib/posting/post.ts";
import { takeRequest } from "../lib/posting/rate-limits.ts";
import { createPost, postBody, postingStack } from "./support/posting.ts";

const stack = await postingStack();
const { tiktok } = stack;

test("of different posts under one key at once, one that is refused is never posted", async () => {
  const { owner, accountId, openId } = await stack.poster();
  const other = tiktok.addAccount();
  const second = (await owner.connect({ account: other.openId })).searchParams.get("account") ?? "";
  const idempotencyKey = randomUUID();
  const bodies = [accountId, second].map((id) => postBody([id], { idempotencyKey, text: id }));

  const answers = await Promise.all(bodies.map((body) => createPost(stack, owner, body)));
  await posts(stack.db).updateMany({ idempotencyKey, turn: 0 }, { $set: { nextTurnAt: new Date(0) } });
  await stack.invoke("resume-posts", {});
  await stack.work();

  const taken = answers.filter(({ statusCode }) => statusCode === 202).length;
  expect([openId, other.openId].flatMap((id) => tiktok.publishes(id))).toHaveLength(taken);
});

test("of an account's first requests at once, as many are let through as a minute allows", async () => {
  const accountId = new ObjectId();
  const clock = () => new Date();

  const waits = await Promise.all(
    Array.from({ length: 10 }, () => takeRequest(stack.db, accountId, "publish", 6, clock)),
  );

  expect(waits.filter((wait) => wait === 0)).toHaveLength(6);
});
