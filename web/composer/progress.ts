import { type Account, ApiError } from "../client.ts";
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
    const seen = await getPost(post.id).catch((error: unknown) => (isFinal(error) ? undefined : post));
    if (!seen) return void line.append(element("p", { class: "explanation" }, OUT_OF_SIGHT));
    post = seen;
    show(line, post, name);
  }
}

/** The session has ended, or the post is somebody else's: looking again shows nothing. Anything else may pass. */
const isFinal = (error: unknown): boolean =>
  error instanceof ApiError && (error.code === "unauthenticated" || error.code === "not_found");

const OUT_OF_SIGHT = "The post goes on, but you are signed out. Reload the page to sign in again.";

const isAddressDue = ({ status, url }: Post): boolean => status === "published" && url === null;

function show(line: HTMLElement, post: Post, name: string): void {
  const { tone, label, explanation } = postWords(post);
  line.dataset.status = post.status;
  line.replaceChildren(
    element("strong", {}, name),
    element("span", { class: `state state-${tone}` }, label),
    post.url === null ? "" : element("a", { href: post.url, target: "_blank", rel: "noreferrer" }, "See it on TikTok"),
    ...(explanation === undefined ? [] : [element("p", { class: "explanation" }, explanation)]),
    ...(post.status === "in_doubt" ? [settlement(line, post, name)] : []),
  );
}

/** The person can look at the account; this app cannot. Where somebody else knew first, that is shown. */
function settlement(line: HTMLElement, post: Post, name: string): HTMLElement {
  const failure = element("span", { class: "failure", role: "alert" });
  const answer = (outcome: "published" | "not_published", label: string) =>
    element(
      "button",
      {
        class: "button button-quiet button-small",
        type: "button",
        click: () =>
          void settlePost(post.id, outcome)
            .catch(() => getPost(post.id))
            .then(
              (settled) => (settled.status === "in_doubt" ? say(NOT_NOTED) : show(line, settled, name)),
              () => say(NOT_NOTED),
            ),
      },
      label,
    );
  const say = (text: string) => failure.replaceChildren(text);
  return element(
    "p",
    { class: "answers" },
    answer("published", "It is there"),
    answer("not_published", "It is not there"),
    failure,
  );
}

const NOT_NOTED = "That could not be noted. Try again in a moment.";
