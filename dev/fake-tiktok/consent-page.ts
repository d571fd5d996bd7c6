import { createHash } from "node:crypto";
import type { FakeAccount } from "./accounts.ts";
import type { Answer } from "./exchange.ts";

const MEANINGS: Readonly<Record<string, string>> = {
  "user.info.basic": "Read your profile (name and picture)",
  "user.info.profile": "Read your additional profile (username, bio)",
  "user.info.stats": "Read your statistics (followers, likes)",
  "video.publish": "Post content to TikTok",
  "video.upload": "Upload drafts to your TikTok inbox",
  "video.list": "Read your public videos",
};

const STYLE = `
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
  body { max-width: 26rem; margin: 3rem auto; padding: 0 1.25rem; }
  h1 { font-size: 1.5rem; line-height: 1.25; }
  fieldset { border: 1px solid GrayText; border-radius: .5rem; margin: 0 0 1.25rem; padding: .5rem 1rem; }
  legend { font-weight: 600; padding: 0 .35rem; }
  label { display: flex; gap: .75rem; align-items: center; min-height: 2.75rem; cursor: pointer; }
  small { display: block; }
  button { width: 100%; min-height: 2.75rem; margin-bottom: .75rem; font: inherit; font-weight: 600; border: 1px solid #b5183a; border-radius: .5rem; cursor: pointer; }
  button[value=authorize] { background: #b5183a; color: #fff; }
  button[value=cancel] { background: Canvas; color: CanvasText; border-color: GrayText; }
  :focus-visible { outline: 3px solid #0b7285; outline-offset: 2px; }
`;

export function consentPage(accounts: readonly FakeAccount[], scopes: readonly string[]): Answer {
  const choices = accounts.map(
    ({ openId, displayName, username }, index) =>
      `<label><input type="radio" name="account" value="${escaped(openId)}" required${index === 0 ? " checked" : ""}>
      <span>${escaped(displayName)} <small>@${escaped(username)}</small></span></label>`,
  );
  const permissions = scopes.map(
    (scope) =>
      `<label><input type="checkbox" name="scope" value="${escaped(scope)}" checked>
      <span>${escaped(MEANINGS[scope] ?? scope)} <small>${escaped(scope)}</small></span></label>`,
  );
  return page(
    "Authorize the app",
    `<h1>An app wants to access your TikTok account</h1>
    <form method="post">
    <fieldset><legend>Continue as</legend>${choices.join("\n") || "<p>Nobody has an account here yet.</p>"}</fieldset>
    <fieldset><legend>The app asks to</legend>${permissions.join("\n")}</fieldset>
    <button name="decision" value="authorize">Authorize</button>
    <button name="decision" value="cancel" formnovalidate>Cancel</button>
    </form>`,
    "ok",
  );
}

export function errorPage(parameter: string): Answer {
  return page(
    "Something went wrong",
    `<h1>We couldn't log in with TikTok</h1><p>This may be due to specific app settings. If you're a developer, correct
    the following and try again:</p><p><code>${escaped(parameter)}</code></p>`,
    "error page",
  );
}

function page(title: string, content: string, outcome: string): Answer {
  return {
    status: 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      // No form-action: browsers apply it to every redirect that follows, up to the app's own page.
      "content-security-policy": `default-src 'none'; style-src '${hash(STYLE)}'; base-uri 'none'; frame-ancestors 'none'`,
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    },
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · fake TikTok</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${content}
</main>
<footer><small>A stand-in for TikTok, on this machine only.</small></footer>
</body>
</html>
`,
    outcome,
  };
}

const hash = (text: string): string => `sha256-${createHash("sha256").update(text).digest("base64")}`;

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
