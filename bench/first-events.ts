import { httpEvent } from "../dev/lambda/payload.ts";
import { beginConnection } from "../dev/stack/begin-connection.ts";
import type { LocalStack } from "../dev/stack/local-stack.ts";
import { signIn } from "../dev/stack/sign-in.ts";

/** What each function is asked first: the same work as in production, with the person at TikTok already decided. */
export async function firstEvent(name: string, stack: LocalStack): Promise<unknown> {
  switch (name) {
    case "authorize-redirect":
      return authorize(await signIn(stack));
    case "oauth-callback":
      return callback(stack);
    case "accounts":
      return httpEvent({ path: "/accounts", cookies: [(await signIn(stack)).cookie] });
    case "unlink-account":
      return unlink(await signIn(stack), stack.environment.APP_ORIGIN ?? "");
    case "access-token":
      return { accountId: "6b0431de102d59ff1c958c82" };
    case "health":
      return httpEvent({ path: "/health" });
    case "openapi":
      return httpEvent({ path: "/openapi.json" });
    case "create-post":
    case "settle-post":
      return changing(name, await signIn(stack), stack.environment.APP_ORIGIN ?? "");
    case "get-post":
    case "creator-options":
      return httpEvent({ path: "/posts/none", cookies: [(await signIn(stack)).cookie] });
    default:
      return { Records: [] }; // jobs and queues: nothing is due, nothing waits
  }
}

const authorize = ({ cookie }: { cookie: string }) =>
  httpEvent({ path: "/tiktok/authorize", query: "returnTo=%2Fsettings", cookies: [cookie] });

async function callback(stack: LocalStack): Promise<unknown> {
  const { cookie } = await signIn(stack);
  const { query, binding } = await beginConnection(stack, cookie);
  return httpEvent({ path: "/tiktok/callback", query, cookies: [cookie, `__Host-connect=${binding}`] });
}

const changing = (name: string, { cookie }: { cookie: string }, origin: string) =>
  httpEvent({
    method: "POST",
    path: `/posts/${name}`,
    headers: { origin, "content-type": "application/json" },
    cookies: [cookie],
    body: "{}",
  });

const unlink = ({ cookie, userId }: { cookie: string; userId: object }, origin: string) =>
  httpEvent({
    method: "DELETE",
    path: `/accounts/${userId}`,
    routeKey: "DELETE /accounts/{accountId}",
    pathParameters: { accountId: String(userId) },
    headers: { origin },
    cookies: [cookie],
  });
