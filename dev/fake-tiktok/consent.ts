import assert from "node:assert/strict";

export type Choice =
  | { account: string; scopes?: readonly string[] }
  | { cancel: true }
  | { error: string; errorType?: string; description?: string };

/** Opens the authorize URL as a browser does and, where there is a consent page, sends its form. */
export async function consentTo(authorizeUrl: URL, choice: Choice, origin: string): Promise<URL> {
  assert.equal(authorizeUrl.origin, origin, "people can only consent at this TikTok");
  const opened = await fetch(authorizeUrl, { redirect: "manual" });
  const page = await opened.text();
  if (opened.status === 303) return destination(opened);
  assert.equal(opened.status, 200, "the consent page opens");

  const offered = [...page.matchAll(/name="scope" value="([^"]+)"/g)].flatMap(([, scope]) => scope ?? []);
  const decided = await fetch(authorizeUrl, { method: "POST", body: decision(choice, offered), redirect: "manual" });
  assert.equal(decided.status, 303, "the consent page takes the decision");
  return destination(decided);
}

function decision(choice: Choice, offered: readonly string[]): URLSearchParams {
  if ("cancel" in choice) return new URLSearchParams({ decision: "cancel" });
  if ("error" in choice) {
    const { error, errorType, description = "Something went wrong" } = choice;
    return new URLSearchParams({
      decision: "fail",
      error,
      error_description: description,
      ...(errorType && { error_type: errorType }),
    });
  }
  const form = new URLSearchParams({ decision: "authorize", account: choice.account });
  for (const scope of choice.scopes ?? offered) form.append("scope", scope);
  return form;
}

function destination({ headers }: Response): URL {
  const location = headers.get("location");
  assert(location, "a redirect says where to");
  return new URL(location);
}
