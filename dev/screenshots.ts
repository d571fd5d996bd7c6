import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { chromiumPath, launchChromium } from "./browser/chromium.ts";
import { consent, signInAs } from "./browser/steps.ts";
import { repository } from "./build/entries.ts";
import { type DevStack, startDevStack } from "./stack/dev-stack.ts";

const pictures = join(repository, "docs/pictures");
const HOUR = 3_600_000;

type StorageState = Exclude<BrowserContextOptions["storageState"], string>;

interface View {
  readonly name: string;
  readonly colorScheme: "light" | "dark";
  readonly width: number;
  readonly height: number;
}

const WIDE = { width: 880, height: 640 };
const NARROW = { width: 360, height: 740 };

/** The README's pictures, taken of the local stack in the system's Chromium. */
async function takePictures(): Promise<void> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error("No Chromium here: install one, or name it in CHROMIUM");
  await mkdir(pictures, { recursive: true });
  const stack = await startDevStack({ port: 0, say: () => undefined });
  const browser = await launchChromium(executablePath);
  try {
    await scenes(browser, stack);
  } finally {
    await browser.close();
    await stack.stop();
  }
}

async function scenes(browser: Browser, stack: DevStack): Promise<void> {
  const view = { name: "empty", colorScheme: "light", ...WIDE } as const;
  const page = await open(browser, view);
  await signInAs(page, stack.origin, "Ada");
  await page.getByRole("link", { name: "Connect to TikTok" }).waitFor();
  await shoot(page, view);
  await connectThree(page);
  await letTimePass(stack);
  const storageState = await page.context().storageState();

  for (const colorScheme of ["light", "dark"] as const) {
    for (const [size, box] of Object.entries({ wide: WIDE, narrow: NARROW })) {
      const accounts = { name: `accounts-${size}-${colorScheme}`, colorScheme, ...box };
      const shown = await open(browser, accounts, storageState);
      await shown.goto(stack.origin);
      await shown.getByRole("heading", { name: "Night Sketches" }).waitFor();
      await shown.waitForLoadState("networkidle");
      await shoot(shown, accounts);
      if (size === "wide" || colorScheme === "light") continue;
      await shown.getByRole("button", { name: "Disconnect Trail Diary" }).click();
      await shoot(shown, { ...accounts, name: `disconnect-${colorScheme}` }, false);
    }
  }
  const wrong = { name: "other-account", colorScheme: "light", ...WIDE } as const;
  const other = await open(browser, wrong, storageState);
  await other.goto(stack.origin);
  await other.getByRole("link", { name: "Reconnect Night Sketches" }).click();
  await consent(other, { account: "Kitchen Notes" });
  await other.getByText("Another account came back").waitFor();
  await shoot(other, wrong);
}

async function connectThree(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Connect to TikTok" }).click();
  await consent(page, { account: "Kitchen Notes" });
  await page.getByRole("link", { name: "Connect another account" }).click();
  await consent(page, { account: "Trail Diary", without: ["Post content"] });
  await page.getByRole("link", { name: "Connect another account" }).click();
  await consent(page, { account: "Night Sketches" });
  await page.getByText("Night Sketches is connected").waitFor();
}

/** Months of use, and a permission that one of them took back. */
async function letTimePass({ db }: DevStack): Promise<void> {
  const accounts = db.collection("socialaccounts");
  const ago = (hours: number) => new Date(Date.now() - hours * HOUR);
  const change = (displayName: string, fields: object) =>
    accounts.updateOne({ "metadata.displayName": displayName }, { $set: fields });
  await change("Kitchen Notes", { connectedAt: ago(4_000), lastUsedAt: ago(2.2) });
  await change("Trail Diary", { connectedAt: ago(900) });
  await change("Night Sketches", {
    connectedAt: ago(2_500),
    lastUsedAt: ago(80),
    status: "needs_reauth",
    statusReason: "invalid_grant",
    "metadata.avatarUrl": null,
  });
}

async function open(
  browser: Browser,
  { colorScheme, width, height }: View,
  storageState?: StorageState,
): Promise<Page> {
  const context = await browser.newContext({
    colorScheme,
    reducedMotion: "reduce",
    viewport: { width, height },
    deviceScaleFactor: 1,
    storageState,
  });
  return context.newPage();
}

const shoot = (page: Page, { name }: View, fullPage = true) =>
  page.screenshot({ path: join(pictures, `${name}.png`), fullPage });

await takePictures();
