import { type Account, connectUrl } from "../client.ts";
import { accountCard, type CardOptions } from "./account-card.ts";
import { element } from "./dom.ts";
import { signInUrl } from "./session.ts";

export const loadingScreen = (): HTMLElement =>
  element(
    "div",
    { class: "panel", "aria-busy": "true" },
    element("p", { class: "unseen" }, "Loading your accounts…"),
    ...[0, 1].map(() =>
      element(
        "div",
        { class: "account skeleton", "aria-hidden": "true" },
        element("span", { class: "avatar" }),
        element(
          "div",
          { class: "details" },
          element("span", { class: "bar" }),
          element("span", { class: "bar bar-short" }),
        ),
      ),
    ),
  );

export const signedOutScreen = (): HTMLElement =>
  centered(
    "You are signed out",
    "Sign in to see and connect your TikTok accounts.",
    element("a", { class: "button", href: signInUrl() }, "Sign in"),
  );

export const failedScreen = (reason: string, tryAgain: () => void): HTMLElement =>
  centered(
    "Your accounts could not be loaded",
    reason,
    element("button", { class: "button", type: "button", click: tryAgain }, "Try again"),
  );

export const emptyScreen = (): HTMLElement =>
  centered(
    "No TikTok account yet",
    "TikTok will ask you which account to use and what to allow. Then you come back here.",
    element("a", { class: "button", href: connectUrl() }, "Connect to TikTok"),
    element("div", { class: "drawing", "aria-hidden": "true" }, element("span"), element("span")),
  );

export const accountsScreen = (
  accounts: readonly Account[],
  newId: string | undefined,
  onDisconnect: CardOptions["onDisconnect"],
): HTMLElement =>
  element(
    "section",
    { "aria-labelledby": "accounts-title" },
    element("h2", { class: "unseen", id: "accounts-title" }, "Your TikTok accounts"),
    element(
      "ul",
      { class: "panel" },
      ...accounts.map((account) => accountCard(account, { isNew: account.id === newId, onDisconnect })),
    ),
    element(
      "p",
      { class: "more" },
      element("a", { class: "button button-quiet", href: connectUrl() }, "Connect another account"),
    ),
  );

const centered = (title: string, text: string, action: HTMLElement, drawing?: HTMLElement): HTMLElement =>
  element(
    "div",
    { class: "panel panel-center" },
    drawing,
    element("h2", {}, title),
    element("p", { class: "quiet" }, text),
    action,
  );
