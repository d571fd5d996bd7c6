import { ObjectId } from "mongodb";
import { expect, test } from "vitest";
import { httpEvent } from "../dev/lambda/payload.ts";
import { browserOf, person, sessionCookie, told } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();
const ISO_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

test("a person sees their own accounts, first connected first, and nothing secret", async () => {
  const [ada, bob] = [await person(stack), await person(stack)];
  const kitchen = stack.tiktok.addAccount({ displayName: "Kitchen Notes", username: "kitchen.notes" });
  const first = told(await ada.connect({ account: kitchen.openId })).account;
  const second = told(await ada.connect({ account: stack.tiktok.addAccount().openId })).account;
  await bob.connect({ account: kitchen.openId });

  const { statusCode, body } = await ada.get("accounts", "/accounts");

  expect(statusCode).toBe(200);
  expect(body).toEqual({
    accounts: [
      {
        id: first,
        platform: "tiktok",
        platformAccountId: kitchen.openId,
        status: "active",
        statusReason: null,
        displayName: "Kitchen Notes",
        username: "kitchen.notes",
        avatarUrl: kitchen.avatarUrl,
        scopes: ["user.info.basic", "video.publish"],
        tokenExpiry: expect.stringMatching(ISO_DATE),
        connectedAt: expect.stringMatching(ISO_DATE),
        lastUsedAt: null,
      },
      expect.objectContaining({ id: second }),
    ],
  });
});

test("an account that another writer left sparse is shown with nulls", async () => {
  const ada = await person(stack);
  await stack.db
    .collection("socialaccounts")
    .insertOne({ userId: ada.userId, platform: "tiktok", platformAccountId: "old", status: "needs_reauth" });

  const { body } = await ada.get("accounts", "/accounts");

  expect(body).toMatchObject({
    accounts: [
      { status: "needs_reauth", displayName: null, username: null, avatarUrl: null, scopes: [], tokenExpiry: null },
    ],
  });
});

test("an event that tells nothing of its request is refused as nobody's, with a cookie as another site's", async () => {
  const ada = await person(stack);
  const cookie = [...ada.cookies].map(([name, value]) => `${name}=${value}`).join("; ");

  const bare = await stack.invoke("accounts", {});
  const cookied = await stack.invoke("accounts", { headers: { Cookie: cookie } });

  expect(bare).toMatchObject({ statusCode: 401, body: expect.stringContaining('"unauthenticated"') });
  expect(cookied).toMatchObject({ statusCode: 403, body: expect.stringContaining('"forbidden_origin"') });
});

test("a person without accounts sees an empty list, as does one whose id is no ObjectId", async () => {
  const ada = await person(stack);
  const stranger = browserOf(stack, new ObjectId(), await sessionCookie(stack, "user-1"));

  const lists = [await ada.get("accounts", "/accounts"), await stranger.get("accounts", "/accounts")];

  expect(lists).toEqual(Array(2).fill({ statusCode: 200, body: { accounts: [] } }));
});

test("nobody signed in is told to sign in, with the id to quote", async () => {
  const event = httpEvent({ path: "/accounts", requestId: "request-1" });

  const response = await stack.http("accounts", event);

  expect(response.statusCode).toBe(401);
  expect(response.headers).toMatchObject({
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
  });
  expect(JSON.parse(response.body ?? "")).toEqual({
    error: { code: "unauthenticated", message: expect.any(String), requestId: "request-1" },
  });
});

test.each<Record<string, string>>([{}, { origin: "https://evil.example" }, { origin: "null" }])(
  "anything but a GET with %j is refused",
  async (headers) => {
    const ada = await person(stack);
    const cookies = [...ada.cookies].map(([name, value]) => `${name}=${value}`);

    const response = await stack.http("accounts", httpEvent({ method: "POST", path: "/accounts", cookies, headers }));

    expect(response.statusCode).toBe(403);
    expect(JSON.parse(response.body ?? "")).toMatchObject({ error: { code: "forbidden_origin" } });
  },
);

test("the service is healthy while its database answers", async () => {
  const health = await browserOf(stack, new ObjectId()).get("health", "/health");

  expect(health).toEqual({ statusCode: 200, body: { status: "ok" } });
});
