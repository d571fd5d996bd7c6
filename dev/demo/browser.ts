import assert from "node:assert/strict";
import type { ObjectId } from "mongodb";
import type { Choice } from "../fake-tiktok/consent.ts";
import { httpEvent } from "../lambda/payload.ts";
import type { LocalStack } from "../stack/local-stack.ts";
import { signIn } from "../stack/sign-in.ts";

/** Somebody signed in to the app, going to TikTok and back. */
export interface Browser {
  readonly userId: ObjectId;
  /** Presses Connect, decides at TikTok, and answers the callback URL. */
  consent(choice: Choice): Promise<URL>;
  /** Opens the callback and answers where in the app it ends. */
  comeBack(callback: URL): Promise<URL>;
}

export async function openBrowser(stack: LocalStack): Promise<Browser> {
  const { userId, cookie } = await signIn(stack);
  const cookies = [cookie];

  async function go(name: string, path: string, query: string): Promise<URL> {
    const response = await stack.http(name, httpEvent({ path, query, cookies }));
    assert.equal(response.statusCode, 302, `${path} answers a redirect`);
    const [binding] = response.cookies ?? [];
    if (binding !== undefined) cookies[1] = binding.split(";")[0] ?? "";
    return new URL(String(response.headers?.location));
  }

  return {
    userId,
    consent: async (choice) =>
      stack.tiktok.consent(await go("authorize-redirect", "/tiktok/authorize", "returnTo=%2Fsettings"), choice),
    comeBack: (callback) => go("oauth-callback", "/tiktok/callback", callback.search.slice(1)),
  };
}
