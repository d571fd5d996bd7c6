import type { Account } from "../client.ts";
import { nameOf } from "./account-words.ts";
import { element } from "./dom.ts";

/** The account's picture; its initials when there is none or TikTok's link has expired. Decoration: the name stands beside it. */
export function avatar(account: Account): HTMLElement {
  const frame = element("span", { class: "avatar", "aria-hidden": "true" }, initials(nameOf(account)));
  if (account.avatarUrl === null) return frame;
  const picture = element("img", { src: account.avatarUrl, alt: "", referrerpolicy: "no-referrer", decoding: "async" });
  picture.addEventListener("load", () => frame.replaceChildren(picture));
  return frame;
}

/** The first letters of the first two words, by characters as people see them. */
export function initials(name: string): string {
  const words = name.split(/[\s._@-]+/).filter((word) => word !== "");
  return words
    .slice(0, 2)
    .map((word) => [...new Intl.Segmenter().segment(word)][0]?.segment.toUpperCase() ?? "")
    .join("");
}
