import type { Page } from "playwright-core";

/** Signs in as one of the people the local stack knows, from the signed-out page. */
export async function signInAs(page: Page, origin: string, name: string): Promise<void> {
  await page.goto(origin);
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByRole("button", { name }).click();
  await page.getByRole("link", { name: "Sign out" }).waitFor();
}

export interface Consent {
  readonly account: string;
  /** Permissions to switch off. */
  readonly without?: readonly string[];
}

/** On TikTok's consent page: chooses an account and agrees. */
export async function consent(page: Page, { account, without = [] }: Consent): Promise<void> {
  await page.getByRole("radio", { name: account }).check();
  for (const permission of without) await page.getByRole("checkbox", { name: permission }).uncheck();
  await page.getByRole("button", { name: "Authorize" }).click();
}
