import type { Account, ConnectResult } from "../client.ts";
import { nameOf, needsReconnect } from "./account-words.ts";
import { element } from "./dom.ts";
import { signInUrl } from "./session.ts";

export interface Notice {
  readonly tone: "good" | "neutral" | "bad";
  readonly title: string;
  readonly text: string;
  readonly link?: { readonly label: string; readonly href: string };
}

/** What to tell after a connection was tried, in the names of the accounts it is about. */
export function noticeOf(result: ConnectResult, accounts: readonly Account[]): Notice {
  const called = (id: string) => accounts.find((account) => account.id === id);
  switch (result.kind) {
    case "pending":
      return { tone: "neutral", title: "Almost done", text: result.message };
    case "failed":
      return {
        tone: result.code === "access_denied" ? "neutral" : "bad",
        title: "Not connected",
        text: result.message,
        ...(result.code === "session_missing" && { link: { label: "Sign in", href: signInUrl() } }),
      };
    case "linked": {
      const account = called(result.accountId);
      const name = account ? nameOf(account) : "Your TikTok account";
      const expected = result.expectedId === undefined ? undefined : called(result.expectedId);
      if (result.expectedId === undefined) return { tone: "good", title: "Connected", text: `${name} is connected.` };
      return {
        tone: "neutral",
        title: "Another account came back",
        text: expected ? otherAccount(name, expected) : result.message,
      };
    }
  }
}

const otherAccount = (name: string, expected: Account): string =>
  needsReconnect(expected)
    ? `You chose ${name} at TikTok. It is connected, but ${nameOf(expected)} still needs reconnecting: choose it at TikTok.`
    : `You chose ${name} at TikTok instead of ${nameOf(expected)}. Both are connected.`;

/** Shows the notice in place of the one before. */
export function showNotice(place: HTMLElement, { tone, title, text, link }: Notice): void {
  const close = element(
    "button",
    { class: "close", type: "button", "aria-label": "Dismiss this message", click: () => place.replaceChildren() },
    "×",
  );
  place.replaceChildren(
    element(
      "div",
      { class: `notice notice-${tone}`, tabindex: "-1" },
      element("p", {}, element("strong", {}, title), " ", text),
      link && element("a", { href: link.href }, link.label),
      close,
    ),
  );
}
