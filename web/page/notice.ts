import type { Account, ConnectResult } from "../client.ts";
import { mayPost, nameOf, needsReconnect } from "./account-words.ts";
import { element } from "./dom.ts";

export interface Notice {
  readonly tone: "good" | "neutral" | "bad";
  readonly title: string;
  readonly text?: string;
}

/** What to tell after a connection was tried, in the names of the accounts it is about. */
export function noticeOf(result: ConnectResult, accounts: readonly Account[]): Notice {
  switch (result.kind) {
    case "pending":
      return { tone: "neutral", title: "Almost done.", text: result.message };
    case "failed":
      return {
        tone: result.code === "access_denied" ? "neutral" : "bad",
        title: "Not connected.",
        text: result.message,
      };
    case "linked": {
      const account = accounts.find(({ id }) => id === result.accountId);
      const expected = accounts.find(({ id }) => id === result.expectedId);
      if (result.expectedId === undefined) return connected(account);
      const text = account && expected ? otherAccount(nameOf(account), expected) : result.message;
      return { tone: "neutral", title: "Another account came back.", text };
    }
  }
}

function connected(account: Account | undefined): Notice {
  if (!account) return { tone: "good", title: "Your TikTok account is connected." };
  const text = mayPost(account) ? undefined : "You gave no permission to post; to change that, connect it once more.";
  return { tone: "good", title: `${nameOf(account)} is connected.`, ...(text !== undefined && { text }) };
}

const otherAccount = (name: string, expected: Account): string =>
  needsReconnect(expected)
    ? `You chose ${name} at TikTok. It is connected, but ${nameOf(expected)} still needs reconnecting: choose it at TikTok.`
    : `You chose ${name} at TikTok instead of ${nameOf(expected)}. Both are connected.`;

/** Shows the notice in place of the one before. */
export function showNotice(place: HTMLElement, { tone, title, text }: Notice): void {
  const close = element(
    "button",
    { class: "close", type: "button", "aria-label": "Dismiss this message", click: () => place.replaceChildren() },
    "×",
  );
  place.replaceChildren(
    element(
      "div",
      { class: `notice notice-${tone}`, tabindex: "-1" },
      element("p", {}, element("strong", {}, title), text !== undefined && ` ${text}`),
      close,
    ),
  );
}
