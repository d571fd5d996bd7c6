import type { Page } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";
import { consent, signInAs } from "../../dev/browser/steps.ts";
import { socialAccounts, users } from "../../lib/accounts/social-account.ts";
import { FAILURES } from "../../lib/connect/outcome-codes.ts";
import { givenConnected, sessionCookies } from "./given.ts";
import { type BrowserStack, browserStack, hasNoBrowser, overflow, seriousFindings, type Visit } from "./support.ts";

describe.skipIf(hasNoBrowser)("the page in a browser", async () => {
  if (hasNoBrowser) return;
  const stack = await browserStack();

  afterEach(async () => {
    stack.tiktok.clearFaults();
    await socialAccounts(stack.db).deleteMany();
    await users(stack.db).updateMany({}, { $unset: { socialAccounts: "" } });
  });

  test("a person signs in, connects, connects another, and disconnects one", async () => {
    const { page, complaints } = await stack.visit();

    await signInAs(page, stack.origin, "Ada");
    await page.getByRole("link", { name: "Connect to TikTok" }).click();
    await consent(page, { account: "Kitchen Notes" });
    await notice(page, "Kitchen Notes is connected.");
    await page.getByRole("link", { name: "Connect another account" }).click();
    await consent(page, { account: "Trail Diary", without: ["Post content"] });
    await notice(page, "Trail Diary is connected.");

    expect(await cards(page)).toEqual([
      expect.stringMatching(/Kitchen Notes.*Connected.*Can post.*Not used yet/s),
      expect.stringMatching(/Trail Diary.*Linked without permission to post/s),
    ]);
    expect(page.url()).toBe(`${stack.origin}/`);
    expect(await page.locator(".avatar img").count()).toBe(2);

    await page.getByRole("button", { name: "Disconnect Kitchen Notes" }).click();
    await page
      .getByRole("dialog", { name: "Disconnect Kitchen Notes?" })
      .getByRole("button", { name: "Keep it" })
      .click();
    expect(await cards(page)).toHaveLength(2);
    await page.getByRole("button", { name: "Disconnect Kitchen Notes" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
    await notice(page, "Kitchen Notes is no longer connected.");
    await page.getByRole("heading", { name: "Kitchen Notes" }).waitFor({ state: "hidden" });

    expect(await cards(page)).toEqual([expect.stringContaining("Trail Diary")]);
    expect(complaints).toEqual([]);
  });

  test("a person who cancels at TikTok is told that nothing was connected", async () => {
    const { page, complaints } = await signedIn(stack);

    await page.getByRole("link", { name: "Connect to TikTok" }).click();
    await page.getByRole("button", { name: "Cancel" }).click();

    await notice(page, FAILURES.access_denied.message);
    await page.getByRole("heading", { name: "No TikTok account yet" }).waitFor();
    expect(complaints).toEqual([]);
  });

  test("an outage of TikTok is told as one", async () => {
    const { page } = await signedIn(stack);
    stack.tiktok.fault("token", { status: 503 });

    await page.getByRole("link", { name: "Connect to TikTok" }).click();
    await consent(page, { account: "Kitchen Notes" });

    await notice(page, FAILURES.tiktok_unavailable.message);
  });

  test("an account that needs it is reconnected, and choosing another one is told", async () => {
    await givenConnected(stack, { status: "needs_reauth", statusReason: "invalid_grant" });
    const { page, complaints } = await signedIn(stack);

    await page.getByRole("link", { name: "Reconnect Kitchen Notes" }).click();
    await consent(page, { account: "Night Sketches" });
    await notice(page, "Kitchen Notes still needs reconnecting");
    await page.getByRole("link", { name: "Reconnect Kitchen Notes" }).click();
    await consent(page, { account: "Kitchen Notes" });

    await notice(page, "Kitchen Notes is connected.");
    expect(await page.getByRole("link", { name: "Reconnect" }).count()).toBe(0);
    expect(await cards(page)).toHaveLength(2);
    expect(complaints).toEqual([]);
  });

  test("a session that died is told where the person notices it: on connecting, and on the next visit", async () => {
    const { page } = await signedIn(stack);
    await page.getByRole("link", { name: "Connect to TikTok" }).waitFor();
    await page.context().clearCookies({ name: "authjs.session-token" });

    await page.getByRole("link", { name: "Connect to TikTok" }).click();

    await notice(page, FAILURES.session_missing.message);
    await page.getByRole("heading", { name: "You are signed out" }).waitFor();
    expect(await page.getByRole("link", { name: "Sign out" }).count()).toBe(0);
  });

  test("a session that died under the question is told there, and nothing is lost", async () => {
    const { page } = await connected(stack);
    await page.getByRole("button", { name: "Disconnect Kitchen Notes" }).click();
    await page.context().clearCookies({ name: "authjs.session-token" });

    await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();

    await page.getByRole("alert").getByText("Sign in first.").waitFor();
    expect(await socialAccounts(stack.db).countDocuments()).toBe(1);
  });

  test("a server that does not answer is told, and trying again works", async () => {
    const { page } = await connected(stack);
    await page.route("**/api/accounts", (route) => route.abort(), { times: 1 });

    await page.goto(`${stack.origin}/?tiktok=error&code=storage_unavailable`);
    await page.getByRole("heading", { name: "Your accounts could not be loaded" }).waitFor();
    await notice(page, FAILURES.storage_unavailable.message);
    await page.getByRole("button", { name: "Try again" }).click();

    await page.getByRole("heading", { name: "Kitchen Notes" }).waitFor();
  });

  test("a connection that is still being saved appears by itself", async () => {
    const { page } = await signedIn(stack);

    await page.goto(`${stack.origin}/?tiktok=pending`);
    await notice(page, "the connection is being saved");
    await page.getByRole("heading", { name: "No TikTok account yet" }).waitFor();
    await givenConnected(stack);

    await notice(page, "Kitchen Notes is connected.");
  });

  test("a dead picture leaves the initials", async () => {
    const { page } = await connected(stack);
    await page.route("**/pictures/*", (route) => route.abort());

    await page.reload();

    await page.getByRole("heading", { name: "Kitchen Notes" }).waitFor();
    expect(await page.locator(".avatar").textContent()).toBe("KN");
  });

  test("everything can be done with the keyboard alone", async () => {
    const { page } = await stack.visit();

    await tabTo(page, "Sign in");
    await tabTo(page, "Ada");
    await tabTo(page, "Connect to TikTok");
    await tabTo(page, "Authorize");
    await notice(page, "Kitchen Notes is connected.");
    await tabTo(page, "Disconnect Kitchen Notes");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    expect(await focused(page)).toContain("Disconnect Kitchen Notes");
    await page.keyboard.press("Enter");
    await tabTo(page, "Disconnect");
    await notice(page, "Kitchen Notes is no longer connected.");

    expect(await focused(page)).toContain("is no longer connected");
  });

  test("in both themes, at 360 px, axe finds nothing serious in any state and nothing sticks out", async () => {
    const { page } = await stack.visit({ viewport: { width: 360, height: 740 } });
    const findings: unknown[] = [];
    async function look(): Promise<void> {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        findings.push(...(await seriousFindings(page)));
      }
      if ((await overflow(page)) > 0) findings.push("sticks out");
    }

    await page.getByRole("heading", { name: "You are signed out" }).waitFor();
    await look();
    await page.context().addCookies(await sessionCookies(stack));
    await page.goto(`${stack.origin}/?tiktok=error&code=internal`);
    await notice(page, FAILURES.internal.message);
    await page.getByRole("link", { name: "Connect to TikTok" }).waitFor();
    await look();
    await givenConnected(stack, { status: "needs_reauth" });
    await page.goto(`${stack.origin}/?tiktok=error&code=access_denied`);
    await notice(page, FAILURES.access_denied.message);
    await look();
    await page.getByRole("button", { name: "Disconnect Kitchen Notes" }).click();
    await look();

    expect(findings).toEqual([]);
  });
});

async function signedIn(stack: BrowserStack): Promise<Visit> {
  const visit = await stack.visit();
  await visit.page.context().addCookies(await sessionCookies(stack));
  await visit.page.reload();
  return visit;
}

async function connected(stack: BrowserStack): Promise<Visit> {
  await givenConnected(stack);
  const visit = await signedIn(stack);
  await visit.page.getByRole("heading", { name: "Kitchen Notes" }).waitFor();
  return visit;
}

const notice = (page: Page, text: string) => page.getByRole("status").getByText(text).waitFor();

async function cards(page: Page): Promise<string[]> {
  await page.getByRole("listitem").first().waitFor();
  return page.getByRole("listitem").allInnerTexts();
}

const focused = (page: Page): Promise<string> => page.evaluate("document.activeElement.textContent");

/** Presses Tab until what is called so has the focus, then Enter. */
async function tabTo(page: Page, name: string): Promise<void> {
  await page.getByText(name).first().waitFor();
  for (let presses = 0; presses < 20; presses += 1) {
    await page.keyboard.press("Tab");
    if ((await focused(page)).includes(name)) return page.keyboard.press("Enter");
  }
  throw new Error(`The keyboard does not reach ${name}`);
}
