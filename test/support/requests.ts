import { httpEvent } from "../../dev/lambda/payload.ts";
import type { Person } from "./person.ts";
import type { TestStack } from "./stack.ts";

export const OWN_ORIGIN = "https://app.example.com";

/** `DELETE /accounts/{accountId}` as the app's own page sends it, unless told otherwise. */
export function requestAs(
  stack: TestStack,
  { cookies }: Person,
  ownAccountId: string,
  {
    headers = { origin: OWN_ORIGIN },
    body,
    accountId = ownAccountId,
    signedOut = false,
  }: { headers?: Record<string, string>; body?: string; accountId?: string; signedOut?: boolean } = {},
) {
  return stack.http(
    "unlink-account",
    httpEvent({
      method: "DELETE",
      path: `/accounts/${encodeURIComponent(accountId)}`,
      routeKey: "DELETE /accounts/{accountId}",
      pathParameters: { accountId },
      cookies: signedOut ? [] : [...cookies].map(([name, value]) => `${name}=${value}`),
      headers,
      ...(body !== undefined && { body }),
    }),
  );
}
