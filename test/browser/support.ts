import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, inject } from "vitest";
import { chromiumPath, launchChromium } from "../../dev/browser/chromium.ts";
import { type DevStack, startDevStack } from "../../dev/stack/dev-stack.ts";

export interface BrowserStack extends DevStack {
  /** A new browser with nothing in it, on the app's origin. */
  visit(options?: BrowserContextOptions): Promise<Visit>;
}

export interface Visit {
  readonly page: Page;
  /** What the console said that a clean page does not say. */
  readonly complaints: string[];
}

const executablePath = chromiumPath();

/** Without a Chromium the browser's tests are left out loudly; where CI is true they fail instead. */
export const hasNoBrowser = executablePath === undefined && process.env.CI !== "true";
if (hasNoBrowser) console.warn("\n*** NO CHROMIUM ON THIS MACHINE: the page is NOT tested in a browser. ***\n");

/** The local stack and one browser for a test file. */
export async function browserStack(): Promise<BrowserStack> {
  if (executablePath === undefined) throw new Error("No Chromium here: install one, or name it in CHROMIUM");
  const [stack, browser] = await Promise.all([
    startDevStack({ port: 0, mongodbUri: inject("mongodbUri"), say: () => undefined }),
    launchChromium(executablePath),
  ]);
  afterAll(async () => {
    await browser.close();
    await stack.stop();
  });
  return { ...stack, visit: (options) => visit(browser, stack.origin, options) };
}

async function visit(browser: Browser, origin: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(8_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(origin);
  return { page, complaints };
}

const axe = readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The serious and critical findings of axe on what the page shows now. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // what is run here as a debugger would is not subject to the page's own policy
  await page.evaluate(await axe);
  const violations: { id: string; impact: string; nodes: { html: string }[] }[] = await page.evaluate(
    "axe.run().then(({ violations }) => violations)",
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** How far the page reaches beyond the right edge of the window. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
