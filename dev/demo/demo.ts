import assert from "node:assert/strict";
import { buildFunctions } from "../build.ts";
import { startReplicaSet } from "../mongo/replica-set.ts";
import { type LocalStack, startLocalStack } from "../stack/local-stack.ts";
import { type Browser, openBrowser } from "./browser.ts";
import { maskedAccount, maskedUser } from "./masked.ts";

type Say = (line: string) => void;

const QUIET = { LOG_LEVEL: "ERROR", METRICS_NAMESPACE: "off" };

/** The main job from beginning to end, each step checked. Answers whether all of it held. */
export async function runDemo(say: Say): Promise<boolean> {
  const stopping = new AbortController();
  process.once("SIGINT", () => stopping.abort(new Error("Interrupted")));
  await buildFunctions();
  const mongo = await startReplicaSet({ say });
  const stack = await startLocalStack({ mongodbUri: mongo.uri, environment: QUIET });
  const failures = await steps(stack, say, stopping.signal).finally(async () => {
    await stack.stop();
    await mongo.stop();
  });
  say(failures === 0 ? "\nEverything held." : `\n${failures} steps did not hold.`);
  return failures === 0;
}

async function steps(stack: LocalStack, say: Say, interrupted: AbortSignal): Promise<number> {
  const { tiktok, db } = stack;
  const ada = await openBrowser(stack);
  const [first, second, third] = ["Kitchen Notes", "Night Trains", "Third Wheel"].map((displayName) =>
    tiktok.addAccount({ displayName }),
  );
  assert(first && second && third, "the demo has its three TikTok accounts");
  const both = async () =>
    JSON.stringify([await db.collection("users").findOne({ _id: ada.userId }), await accountsOf(stack, ada)]);
  let callback = new URL("https://app.example.com/");
  let failures = 0;

  async function step(text: string, work: () => Promise<unknown>): Promise<void> {
    interrupted.throwIfAborted();
    try {
      await work();
      say(`✓ ${text}`);
    } catch (error) {
      failures += 1;
      say(`✗ ${text}\n    ${error instanceof Error ? error.message : error}`);
    }
  }

  await step("Ada connects her first TikTok account", async () => {
    callback = await ada.consent({ account: first.openId });
    expectTold(await ada.comeBack(callback), { tiktok: "linked" });
  });
  await step("Ada connects a second one", async () => {
    expectTold(await ada.comeBack(await ada.consent({ account: second.openId })), { tiktok: "linked" });
  });
  await step("Ada cancels a third at TikTok, and nothing changes", async () => {
    const before = await both();
    expectTold(await ada.comeBack(await ada.consent({ cancel: true })), { tiktok: "error", code: "access_denied" });
    assert.equal(await both(), before, "both collections are as before");
  });
  await step("both documents say the same: two accounts of Ada's, two references to them", async () => {
    const accounts = await accountsOf(stack, ada);
    const user = await db.collection("users").findOne({ _id: ada.userId });
    assert.deepEqual(
      accounts.map(({ platformAccountId }) => platformAccountId),
      [first.openId, second.openId],
    );
    assert.deepEqual(
      user?.socialAccounts?.map(String),
      accounts.map(({ _id }) => String(_id)),
    );
  });
  const [account] = await accountsOf(stack, ada);
  say(maskedUser(await db.collection("users").findOne({ _id: ada.userId })));
  say(maskedAccount(account));
  await step("a token comes due, and the scheduled job refreshes it", async () => {
    await db
      .collection("socialaccounts")
      .updateOne({ _id: account?._id }, { $set: { nextRefreshAt: new Date(Date.now() - 1_000) } });
    const report = await stack.invoke("token-refresh", {});
    const [refreshed] = await accountsOf(stack, ada);
    assert.partialDeepStrictEqual(report, { claimed: 1, refreshed: 1, rotations: 1 });
    assert.equal(refreshed?.tokenVersion, 2, "the new pair is stored");
    assert.equal(tiktok.rotations(first.openId), 1, "TikTok has rotated the refresh token once");
  });
  await step("the browser repeats the first callback: same answer, nothing else happens", async () => {
    const before = await both();
    const calls = tiktok.calls.length;
    expectTold(await ada.comeBack(callback), { tiktok: "linked", account: String(account?._id) });
    assert.equal(await both(), before, "both collections are as before");
    assert.equal(tiktok.calls.length, calls, "TikTok was not asked again");
  });
  return failures;
}

const accountsOf = ({ db }: LocalStack, { userId }: Browser) =>
  db.collection("socialaccounts").find({ userId }).sort({ createdAt: 1 }).toArray();

function expectTold(url: URL, expected: Record<string, string>): void {
  for (const [name, value] of Object.entries(expected))
    assert.equal(url.searchParams.get(name), value, `${name} in ${url.pathname}`);
}
