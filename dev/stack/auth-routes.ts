import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { checkedReturnTo } from "../../lib/http/return-to.ts";
import { pageHeaders } from "./page-headers.ts";
import { endedSessionCookie, people, sessionCookieFor, sessionIn } from "./people.ts";

/** The three addresses of Auth.js that a page uses, with "sign in as" in place of passwords. True when it was one of them. */
export async function answerAuth(
  url: URL,
  incoming: IncomingMessage,
  response: ServerResponse,
  secret: string,
): Promise<boolean> {
  const returnTo = checkedReturnTo(url.searchParams.get("callbackUrl") ?? undefined, url.origin);
  const goBack = (cookie: string) => response.writeHead(303, { location: returnTo, "set-cookie": cookie }).end();
  switch (`${incoming.method} ${url.pathname}`) {
    case "GET /api/auth/session": {
      const session = await sessionIn(incoming.headers.cookie, secret, url.origin);
      response
        .writeHead(200, { "content-type": "application/json", "cache-control": "no-store" })
        .end(JSON.stringify(session));
      return true;
    }
    case "GET /api/auth/signin":
      response.writeHead(200, pageHeaders("text/html; charset=utf-8")).end(signInPage());
      return true;
    case "POST /api/auth/signin": {
      const chosen = new URLSearchParams(await text(incoming)).get("user");
      const person = people.find(({ id }) => id === chosen);
      if (person) goBack(await sessionCookieFor(person, secret, url.origin));
      else response.writeHead(400, { "content-type": "text/plain" }).end("Nobody here has that id");
      return true;
    }
    case "GET /api/auth/signout":
      goBack(endedSessionCookie(url.origin));
      return true;
    default:
      return false;
  }
}

const signInPage = (): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sign in</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main class="page">
<div class="panel panel-center">
<h1>Sign in as</h1>
<p class="quiet">This stands in for your app’s own sign-in, on this machine only.</p>
<form method="post" class="choices">
${people
  .map(
    ({ id, name, email }) => `<button class="choice" name="user" value="${id}">
<span class="avatar" aria-hidden="true">${name[0]}</span>
<span class="who"><strong>${name}</strong> <span class="quiet">${email}</span></span></button>`,
  )
  .join("\n")}
</form>
</div>
</main>
</body>
</html>
`;
