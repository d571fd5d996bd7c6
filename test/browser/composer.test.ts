import { afterEach, describe, expect, test } from "vitest";
import { consent, signInAs } from "../../dev/browser/steps.ts";
import { tiktokPeople } from "../../dev/stack/tiktok-people.ts";
import { socialAccounts, users } from "../../lib/accounts/social-account.ts";
import { posts } from "../../lib/posting/post.ts";
import { givenConnected, sessionCookies } from "./given.ts";
import { browserStack, hasNoBrowser, overflow, seriousFindings } from "./support.ts";

describe.skipIf(hasNoBrowser)("the composer in a browser", async () => {
  if (hasNoBrowser) return;
  const stack = await browserStack();
  const video = `${stack.origin}/samples/video.mp4`;

  afterEach(async () => {
    stack.tiktok.clearFaults();
    stack.tiktok.settings.pollsToComplete = 2;
    await Promise.all([socialAccounts(stack.db).deleteMany(), posts(stack.db).deleteMany()]);
    await users(stack.db).updateMany({}, { $unset: { socialAccounts: "" } });
  });

  test("one video to two accounts: one refuses and says why, the other ends published with a link", async () => {
    const { page, complaints } = await stack.visit();
    await signInAs(page, stack.origin, "Ada");
    await page.getByRole("link", { name: "Connect to TikTok" }).click();
    await consent(page, { account: "Kitchen Notes" });
    await page.getByRole("link", { name: "Connect another account" }).click();
    await consent(page, { account: "Night Sketches" });

    await page.getByRole("checkbox", { name: "Kitchen Notes" }).check();
    await page.getByRole("checkbox", { name: "Night Sketches" }).check();
    await page.getByLabel("Text").fill("A new recipe");
    await page.getByLabel("Address").fill(video);
    await page.getByLabel("Who may see it").selectOption({ label: "Everyone (not Night Sketches)" });
    await page.getByRole("button", { name: "Post" }).click();

    const line = (name: string) => page.locator(".post", { hasText: name });
    await line("Kitchen Notes").getByRole("link", { name: "See it on TikTok" }).waitFor({ timeout: 40_000 });
    expect(await line("Kitchen Notes").innerText()).toContain("Published");
    expect(await line("Night Sketches").innerText()).toMatch(/Not posted.*does not offer/s);
    const [kitchen, , night] = tiktokPeople(stack.origin);
    expect(stack.tiktok.publishes(kitchen.openId)).toMatchObject([{ source: "FILE_UPLOAD", bytes: 12_000_024 }]);
    expect(stack.tiktok.publishes(night.openId)).toEqual([]);
    expect(complaints).toEqual([]);
  }, 60_000);

  test("a post in doubt asks the person, and takes their word", async () => {
    const { page } = await connected();
    stack.tiktok.fault("video_init", { drop: "after" });

    await post(page);
    await page.getByRole("button", { name: "It is there" }).click({ timeout: 20_000 });

    await page.locator(".post", { hasText: "Published" }).waitFor();
  }, 40_000);

  test("what was forgotten is said where the person is, and nothing is posted", async () => {
    const { page } = await connected();

    await page.getByLabel("Address").fill(video);
    await page.getByRole("button", { name: "Post" }).click();

    await page
      .getByRole("alert")
      .filter({ hasText: /^Choose at least one account.$/ })
      .waitFor();
    expect(await posts(stack.db).countDocuments()).toBe(0);
  });

  test("when TikTok cannot be asked, that is said, and choosing the account again asks again", async () => {
    const { page } = await connected();
    stack.tiktok.fault("creator_info", { status: 503 });

    await page.getByRole("checkbox", { name: "Kitchen Notes" }).check();
    await page.getByText("Kitchen Notes: TikTok cannot be asked").waitFor();
    await page.getByRole("checkbox", { name: "Kitchen Notes" }).uncheck();
    await page.getByRole("checkbox", { name: "Kitchen Notes" }).check();

    await page.getByRole("option", { name: "Only me" }).waitFor({ state: "attached" });
  });

  test("what was posted is out of the form, so that a double click posts once", async () => {
    const { page } = await connected();

    await post(page);
    await page.locator(".post").waitFor();
    await page.getByRole("button", { name: "Post" }).click();

    expect(await page.getByLabel("Address").inputValue()).toBe("");
    expect(await posts(stack.db).countDocuments()).toBe(1);
  });

  test("a signed-out person is told so where their post was followed", async () => {
    const { page } = await connected();
    stack.tiktok.settings.pollsToComplete = 1_000;

    await post(page);
    await page.locator(".post").waitFor();
    await page.context().clearCookies();

    await page.getByText("you are signed out").waitFor();
  });

  test("a name without spaces stays inside a small screen", async () => {
    const { page } = await connected({ viewport: { width: 360, height: 800 } }, "Dudelsackpfeifenmacher".repeat(4));

    await page.getByRole("checkbox", { name: "Dudelsack" }).check();
    await page.getByRole("option", { name: "Only me" }).waitFor({ state: "attached" });

    expect(await overflow(page)).toBe(0);
  });

  test("the composer is usable by everybody, on a small screen and in the dark", async () => {
    const { page } = await connected({ viewport: { width: 360, height: 800 }, colorScheme: "dark" });

    await page.getByRole("checkbox", { name: "Kitchen Notes" }).check();
    await page.getByRole("option", { name: "Only me" }).waitFor({ state: "attached" });

    expect(await seriousFindings(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
  });

  async function connected(options: Parameters<typeof stack.visit>[0] = {}, displayName = "Kitchen Notes") {
    await givenConnected(stack, { metadata: { displayName } });
    const visit = await stack.visit(options);
    await visit.page.context().addCookies(await sessionCookies(stack));
    await visit.page.reload();
    await visit.page.getByRole("heading", { name: "Post" }).waitFor();
    return visit;
  }

  async function post(page: Awaited<ReturnType<typeof connected>>["page"]): Promise<void> {
    await page.getByRole("checkbox", { name: "Kitchen Notes" }).check();
    await page.getByLabel("Address").fill(video);
    await page.getByLabel("Who may see it").selectOption({ label: "Only me" });
    await page.getByRole("button", { name: "Post" }).click();
  }
});
