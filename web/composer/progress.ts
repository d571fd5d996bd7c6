import type { Account } from "../client.ts";
import { nameOf } from "../page/account-words.ts";
import { element } from "../page/dom.ts";
import { getPost, isSettled, type Post, settlePost } from "../posts-client.ts";
import { postWords } from "./post-words.ts";

const LOOK_EVERY_MS = 1_500;
const LOOKS_FOR_ADDRESS = 40;

/** One line per account, kept up to date until nothing more comes. */
export function progressList(posts: readonly Post[], accounts: readonly Account[]): HTMLElement {
  const nameFor = (post: Post) => {
    const account = accounts.find(({ id }) => id === post.accountId);
    return account ? nameOf(account) : "Account";
  };
  const lines = posts.map((post) => {
    const line = element("li", { class: "post" });
    void follow(post, line, nameFor(post));
    return line;
  });
  return element("ul", { class: "panel posts", "aria-live": "polite", "aria-label": "How your posts stand" }, ...lines);
}

async function follow(first: Post, line: HTMLElement, name: string): Promise<void> {
  let post = first;
  show(line, post, name);
  for (let looks = 0; !isSettled(post) || (isAddressDue(post) && looks < LOOKS_FOR_ADDRESS); looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    if (looks > 0 && !line.isConnected) return;
    post = await getPost(post.id).catch(() => post); // the next look may get through
    show(line, post, name);
  }
}

const isAddressDue = ({ status, url }: Post): boolean => status === "published" && url === null;

function show(line: HTMLElement, post: Post, name: string): void {
  const { tone, label, explanation } = postWords(post);
  line.dataset.status = post.status;
  line.replaceChildren(
    element("strong", {}, name),
    element("span", { class: `state state-${tone}` }, label),
    post.url === null
      ? element("span", {})
      : element("a", { href: post.url, target: "_blank", rel: "noreferrer" }, "See it on TikTok"),
    ...(explanation === undefined ? [] : [element("p", { class: "explanation" }, explanation)]),
    ...(post.status === "in_doubt" ? [settlement(line, post, name)] : []),
  );
}

/** The person can look at the account; this app cannot. */
function settlement(line: HTMLElement, post: Post, name: string): HTMLElement {
  const answer = (outcome: "published" | "not_published", label: string) =>
    element(
      "button",
      {
        class: "button button-quiet button-small",
        type: "button",
        click: () =>
          void settlePost(post.id, outcome).then(
            (settled) => show(line, settled, name),
            () => undefined,
          ),
      },
      label,
    );
  return element(
    "p",
    { class: "answers" },
    answer("published", "It is there"),
    answer("not_published", "It is not there"),
  );
}
