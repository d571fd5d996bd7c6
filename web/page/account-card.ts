import { type Account, connectUrl } from "../client.ts";
import { historyWords, nameOf, needsReconnect, permissionWords, statusWords } from "./account-words.ts";
import { avatar } from "./avatar.ts";
import { element } from "./dom.ts";

export interface CardOptions {
  readonly isNew: boolean;
  onDisconnect(account: Account): void;
}

export function accountCard(account: Account, { isNew, onDisconnect }: CardOptions): HTMLLIElement {
  const { tone, label, explanation } = statusWords(account);
  const name = nameOf(account);
  const showsHandle = Boolean(account.username) && name !== `@${account.username}`;
  return element(
    "li",
    { class: isNew ? "account account-new" : "account" },
    avatar(account),
    element(
      "div",
      { class: "details" },
      element(
        "h3",
        {},
        element("bdi", {}, name),
        showsHandle && element("span", { class: "handle" }, `@${account.username}`),
      ),
      element(
        "p",
        { class: "states" },
        element("span", { class: `state state-${tone}` }, label),
        !needsReconnect(account) && element("span", { class: "permission" }, permissionWords(account)),
      ),
      explanation !== undefined && element("p", { class: "explanation" }, explanation),
      element(
        "p",
        { class: "history" },
        ...historyWords(account, new Date()).map((words) => element("span", {}, words)),
      ),
    ),
    element(
      "div",
      { class: "actions" },
      needsReconnect(account) &&
        element(
          "a",
          { class: "button button-small", href: connectUrl({ reconnect: account.id }) },
          "Reconnect",
          element("span", { class: "unseen" }, ` ${name}`),
        ),
      element(
        "button",
        { class: "button button-quiet button-small", type: "button", click: () => onDisconnect(account) },
        "Disconnect",
        element("span", { class: "unseen" }, ` ${name}`),
      ),
    ),
  );
}
