import { onTestFinished } from "vitest";
import { type FakeTikTok, startFakeTikTok } from "../../dev/fake-tiktok/fake-tiktok.ts";
import type { ClientCredentials, TikTokApp } from "../../lib/tiktok/app.ts";
import { exchange } from "../../lib/tiktok/exchange.ts";

export const NOW = new Date("2026-11-23T12:00:00Z");

/** A TikTok of this test's own and the app registered there, its clock standing still. */
export async function tiktokAndApp(credentials?: ClientCredentials): Promise<{ tiktok: FakeTikTok; app: TikTokApp }> {
  const redirectUris = ["https://app.example.com/tiktok/callback"];
  const tiktok = await startFakeTikTok({ clock: () => NOW, redirectUris });
  onTestFinished(() => tiktok.stop());
  const registered = async () => tiktok.app;
  return {
    tiktok,
    app: {
      authorizeUrl: tiktok.authorizeUrl,
      apiOrigin: tiktok.origin,
      redirectUri: redirectUris[0] ?? "",
      clock: () => NOW,
      fetch: exchange,
      credentials: async () => credentials ?? tiktok.app,
      renewedCredentials: registered,
    },
  };
}
