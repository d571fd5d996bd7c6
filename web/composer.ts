import { type Account, ApiError } from "./client.ts";
import { type Asked, isAllowed, objections, privacyChoices } from "./composer/choices.ts";
import { accountChecks, checkbox, field, group } from "./composer/fields.ts";
import { privacyWords } from "./composer/post-words.ts";
import { progressList } from "./composer/progress.ts";
import { chosenAccounts, readForm } from "./composer/read-form.ts";
import { mayPost, needsReconnect } from "./page/account-words.ts";
import { element } from "./page/dom.ts";
import { type Creator, createPosts, creatorOf } from "./posts-client.ts";

// the API names the field first, for those who have no form before them
const FIELD = /(?<=^|; )[\w.]+: /g;

/** A form that posts to the connected accounts with what they allow right now. Undefined when none of them may be posted to. */
export function composer(accounts: readonly Account[]): HTMLElement | undefined {
  const usable = accounts.filter((account) => !needsReconnect(account) && mayPost(account));
  if (usable.length === 0) return undefined;
  const privacy = element("select", { name: "privacyLevel" });
  const failure = element("p", { class: "failure", role: "alert" });
  const notes = element("div", { class: "hint", role: "status" });
  const results = element("div", {});
  const send = element("button", { class: "button", type: "submit" }, "Post");
  const form = element(
    "form",
    { class: "panel composer", "aria-labelledby": "composer-title" },
    element("h2", { id: "composer-title" }, "Post"),
    accountChecks(usable),
    notes,
    field("Text", element("textarea", { name: "text", rows: "3", maxlength: "4000" })),
    field("Media", element("select", { name: "kind" }, option("video", "A video"), option("photo", "Photos"))),
    field(
      "Address",
      element("textarea", { name: "media", rows: "2", required: true, spellcheck: "false", placeholder: "https://…" }),
      "Where the file lies on the web. Of photos up to 35, one to a line.",
    ),
    field("Who may see it", privacy),
    group(
      "People may",
      checkbox("allowComment", "Comment"),
      checkbox("allowDuet", "Duet"),
      checkbox("allowStitch", "Stitch"),
    ),
    group(
      "About the content",
      checkbox("ownBrand", "It promotes my own brand"),
      checkbox("brandedContent", "It is a paid partnership"),
      checkbox("aiGenerated", "It was made with AI"),
      checkbox("draft", "Send it to the TikTok inbox as a draft"),
    ),
    failure,
    element("p", {}, send),
  );
  const creators = new Map<string, Promise<Creator>>();
  let idempotencyKey = crypto.randomUUID();

  async function showChoices(): Promise<void> {
    const chosen = chosenAccounts(form);
    const asked = await Promise.all(
      usable
        .filter(({ id }) => chosen.includes(id))
        .map(async (account) => ({ account, creator: await ask(account.id) })),
    );
    if (String(chosenAccounts(form)) === String(chosen)) offer(form, privacy, notes, asked);
  }

  function ask(accountId: string): Promise<Creator | undefined> {
    const known = creators.get(accountId) ?? creatorOf(accountId);
    creators.set(accountId, known);
    return known.catch(() => {
      creators.delete(accountId); // asked anew when the person chooses anew
      return undefined;
    });
  }

  form.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement && target.name === "account") void showChoices();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failure.textContent = "";
    send.disabled = true;
    try {
      const posts = await createPosts(readForm(form, idempotencyKey));
      idempotencyKey = crypto.randomUUID(); // only now: after a lost answer the same post must be found again
      results.replaceChildren(progressList(posts, usable));
      form.reset(); // a second press, as of a double click, must not post it once more
      offer(form, privacy, notes, []);
    } catch (error) {
      failure.textContent = error instanceof ApiError ? inWords(error) : "Something went wrong. Try again.";
      if (error instanceof ApiError && error.code === "invalid_request") idempotencyKey = crypto.randomUUID();
    }
    send.disabled = false;
  });
  offer(form, privacy, notes, []);
  return element("section", {}, form, results);
}

/** Fits the form to what the chosen accounts allow. Nothing is chosen for the person: TikTok wants it so. */
function offer(form: HTMLFormElement, privacy: HTMLSelectElement, notes: HTMLElement, asked: readonly Asked[]): void {
  const before = privacy.value;
  const choices = privacyChoices(asked);
  privacy.replaceChildren(
    option("", asked.length === 0 ? "Choose accounts first" : "Choose…"),
    ...choices.map(({ level, notFor }) =>
      option(level, notFor.length === 0 ? privacyWords(level) : `${privacyWords(level)} (not ${notFor.join(", ")})`),
    ),
  );
  privacy.value = choices.some(({ level }) => level === before) ? before : "";
  for (const what of ["allowComment", "allowDuet", "allowStitch"] as const) {
    const box = form.elements.namedItem(what);
    if (box instanceof HTMLInputElement) box.disabled = asked.length > 0 && !isAllowed(asked, what);
  }
  notes.replaceChildren(...objections(asked).map((text) => element("p", {}, text)));
}

/** The key is the page's own affair: it was used when the answer to the last press was lost, and the form has changed since. */
const inWords = ({ message }: ApiError): string =>
  message.startsWith("idempotencyKey:")
    ? "What you sent before was taken after all. Press Post again to post this as well."
    : message.replaceAll(FIELD, "");

const option = (value: string, label: string): HTMLOptionElement => element("option", { value }, label);
