import { ObjectId } from "mongodb";
import { afterEach, expect, test } from "vitest";
import { bothSides } from "./support/collections.ts";
import { person, told } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();
const accountsOf = (userId: ObjectId) =>
  stack.db.collection("socialaccounts").find({ userId }).sort({ _id: 1 }).toArray();
const referencesOf = async (_id: ObjectId) => (await stack.db.collection("users").findOne({ _id }))?.socialAccounts;

afterEach(() => stack.tiktok.clearFaults());

test("a person who consents comes back linked, with both sides written", async () => {
  const ada = await person(stack);
  const { openId } = stack.tiktok.addAccount({ displayName: "Kitchen Notes" });

  const back = await ada.connect({ account: openId }, { returnTo: "/settings?tab=social#accounts" });

  const { users, socialaccounts } = await bothSides(stack.db);
  expect(back.pathname + back.search + back.hash).toBe(
    `/settings?tab=social&tiktok=linked&account=${socialaccounts[0]?._id}#accounts`,
  );
  expect(socialaccounts).toMatchObject([
    { userId: ada.userId, platform: "tiktok", platformAccountId: openId, status: "active" },
  ]);
  expect(users[0]?.socialAccounts).toEqual([socialaccounts[0]?._id]);
});

test("a new account carries its profile, its scopes and when its tokens end, and the tokens are sealed", async () => {
  const ada = await person(stack);
  const tiktok = stack.tiktok.addAccount({ displayName: "Kitchen Notes", username: "kitchen.notes" });

  await ada.connect({ account: tiktok.openId });

  const [account] = await accountsOf(ada.userId);
  expect(account).toMatchObject({
    scopes: ["user.info.basic", "video.publish"],
    tokenVersion: 1,
    refreshAttempts: 0,
    statusReason: null,
    lastError: null,
    metadata: { displayName: "Kitchen Notes", username: "kitchen.notes", avatarUrl: tiktok.avatarUrl },
    accessToken: expect.stringMatching(/^v1\.k1\.[\w-]{16}\.[\w-]+\.[\w-]{22}$/),
    refreshToken: expect.stringMatching(/^v1\.k1\./),
  });
  const lifetime = account?.tokenExpiry.getTime() - account?.connectedAt.getTime();
  expect(Math.round(lifetime / 60_000)).toBe(120);
  expect(account?.nextRefreshAt < account?.tokenExpiry).toBe(true);
});

test("connecting the same account again replaces its tokens in place", async () => {
  const ada = await person(stack);
  const { openId } = stack.tiktok.addAccount();
  await ada.connect({ account: openId });
  const [before] = await accountsOf(ada.userId);
  await stack.db
    .collection("socialaccounts")
    .updateOne({ _id: before?._id }, { $set: { status: "needs_reauth", statusReason: "invalid_grant" } });

  const back = await ada.connect({ account: openId });

  const after = await accountsOf(ada.userId);
  expect(told(back)).toEqual({ tiktok: "linked", account: String(before?._id) });
  expect(after).toMatchObject([
    { _id: before?._id, status: "active", statusReason: null, tokenVersion: 2, createdAt: before?.createdAt },
  ]);
  expect(after[0]?.accessToken).not.toBe(before?.accessToken);
  expect(await referencesOf(ada.userId)).toEqual([before?._id]);
});

test("a second account of the same person is linked beside the first", async () => {
  const ada = await person(stack);
  const first = await ada.connect({ account: stack.tiktok.addAccount().openId });

  const second = await ada.connect({ account: stack.tiktok.addAccount().openId });

  const ids = [told(first).account, told(second).account];
  expect((await referencesOf(ada.userId))?.map(String)).toEqual(ids);
  expect((await accountsOf(ada.userId)).map(({ _id }) => String(_id))).toEqual(ids);
});

test("two people share a TikTok account, each with a link of their own", async () => {
  const [ada, bob] = [await person(stack), await person(stack)];
  const { openId } = stack.tiktok.addAccount();
  const adas = await ada.connect({ account: openId });

  const bobs = await bob.connect({ account: openId });

  expect(told(bobs)).toMatchObject({ tiktok: "linked" });
  expect(told(bobs).account).not.toBe(told(adas).account);
  expect(await stack.db.collection("socialaccounts").countDocuments({ platformAccountId: openId })).toBe(2);
});

test("each link leaves an audit event in its account's sequence", async () => {
  const ada = await person(stack);
  const { openId } = stack.tiktok.addAccount();

  await ada.connect({ account: openId });
  await ada.connect({ account: openId });

  const events = await stack.db.collection("auditevents").find({ userId: ada.userId }).sort({ sequence: 1 }).toArray();
  expect(events).toMatchObject([
    { type: "SocialAccountLinked", sequence: 1, platformAccountId: openId, publishedAt: null },
    { type: "SocialAccountLinked", sequence: 2 },
  ]);
});

test("a person whose session cannot be seen at the callback is linked as who began", async () => {
  const ada = await person(stack);
  const callback = await ada.consent({ account: stack.tiktok.addAccount().openId });
  ada.signOut();

  const back = await ada.comeBack(callback);

  expect(told(back).tiktok).toBe("linked");
  expect(await accountsOf(ada.userId)).toHaveLength(1);
});

test("two tabs of one browser both end linked, whichever comes back first", async () => {
  const ada = await person(stack);
  const first = await ada.consent({ account: stack.tiktok.addAccount().openId }, { returnTo: "/first" });
  const second = await ada.consent({ account: stack.tiktok.addAccount().openId }, { returnTo: "/second" });

  const backs = [await ada.comeBack(second), await ada.comeBack(first)];

  expect(backs.map((back) => [back.pathname, told(back).tiktok])).toEqual([
    ["/second", "linked"],
    ["/first", "linked"],
  ]);
});

test("a profile that TikTok does not give does not stop the link", async () => {
  const ada = await person(stack);
  stack.tiktok.fault("user_info", { status: 500, body: "oops" });
  stack.tiktok.fault("creator_info", { drop: "before" });

  const back = await ada.connect({ account: stack.tiktok.addAccount().openId });

  expect(told(back).tiktok).toBe("linked");
  expect(await accountsOf(ada.userId)).toMatchObject([{ status: "active", metadata: {} }]);
});

test("a profile that belongs to another account is dropped", async () => {
  const ada = await person(stack);
  const data = { user: { open_id: "somebody-else", display_name: "Mallory" } };
  stack.tiktok.fault("user_info", { body: { data, error: { code: "ok", message: "", log_id: "L1" } } });

  await ada.connect({ account: stack.tiktok.addAccount({ displayName: "Ada" }).openId });

  expect(await accountsOf(ada.userId)).toMatchObject([{ metadata: { displayName: "Ada" } }]);
});

test("connecting again without a profile keeps the one that is known", async () => {
  const ada = await person(stack);
  const { openId } = stack.tiktok.addAccount({ displayName: "Kitchen Notes" });
  await ada.connect({ account: openId });
  stack.tiktok.fault("user_info", { status: 503 });
  stack.tiktok.fault("creator_info", { status: 503 });

  await ada.connect({ account: openId });

  expect(await accountsOf(ada.userId)).toMatchObject([{ tokenVersion: 2, metadata: { displayName: "Kitchen Notes" } }]);
});

test("reconnecting an account of one's own with that account expects nothing else", async () => {
  const ada = await person(stack);
  const { openId } = stack.tiktok.addAccount();
  const { account = "" } = told(await ada.connect({ account: openId }));

  const back = await ada.connect({ account: openId }, { reconnect: account.toUpperCase() });

  expect(told(back)).toEqual({ tiktok: "linked", account });
});

test("reconnecting with another TikTok account links that one and says which was expected", async () => {
  const ada = await person(stack);
  const { account = "" } = told(await ada.connect({ account: stack.tiktok.addAccount().openId }));

  const callback = await ada.consent({ account: stack.tiktok.addAccount().openId }, { reconnect: account });
  const back = await ada.comeBack(callback);
  const again = await ada.comeBack(callback);

  expect(told(back)).toMatchObject({ tiktok: "linked", expected: account });
  expect(told(back).account).not.toBe(account);
  expect(again.href).toBe(back.href);
});

test.each(["somebody else's", "nobody's", "malformed"])("reconnect with %s id is a plain connect", async (whose) => {
  const [ada, bob] = [await person(stack), await person(stack)];
  const bobs = told(await bob.connect({ account: stack.tiktok.addAccount().openId })).account ?? "";
  const reconnect = { "somebody else's": bobs, "nobody's": new ObjectId().toHexString() }[whose] ?? "{$ne:1}";

  const back = await ada.connect({ account: stack.tiktok.addAccount().openId }, { reconnect });

  expect(told(back)).toMatchObject({ tiktok: "linked" });
  expect(told(back)).not.toHaveProperty("expected");
});
