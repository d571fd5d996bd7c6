import { httpEvent } from "../lambda/payload.ts";
import type { LocalStack } from "./local-stack.ts";

/** Goes through the first half of the flow: what the callback will be asked with, for an account that agreed. */
export async function beginConnection(stack: LocalStack, sessionCookie: string) {
  const { openId } = stack.tiktok.addAccount({});
  const start = httpEvent({ path: "/tiktok/authorize", query: "returnTo=%2Fsettings", cookies: [sessionCookie] });
  const { headers, cookies = [] } = await stack.http("authorize-redirect", start);
  const back = await stack.tiktok.consent(String(headers?.location), { account: openId });
  const [bindingCookie = ""] = cookies;
  return {
    query: back.search.slice(1),
    binding: /=([^;]*)/.exec(bindingCookie)?.[1] ?? "",
    state: back.searchParams.get("state") ?? "",
    code: encodeURIComponent(back.searchParams.get("code") ?? ""),
  };
}
