import { type Account, ApiError, type ConnectResult, listAccounts, readResult, withoutResult } from "./client.ts";
import { composer } from "./composer.ts";
import { nameOf } from "./page/account-words.ts";
import { askToDisconnect } from "./page/disconnect-dialog.ts";
import { element, existing } from "./page/dom.ts";
import { type Notice, noticeOf, showNotice } from "./page/notice.ts";
import { accountsScreen, emptyScreen, failedScreen, loadingScreen, signedOutScreen } from "./page/screens.ts";
import { SIGN_OUT, type SignedIn, signedIn } from "./page/session.ts";

const PENDING_CHECKS_MS = [1_000, 2_000, 4_000, 8_000];
const JUST_NOW_MS = 120_000;

const whoami = existing("whoami");
const notices = existing("notices");
const content = existing("content");

/** Shows who is signed in and their accounts, and tells how the connection went that they come back from. */
async function show(result: ConnectResult | undefined): Promise<void> {
  content.replaceChildren(loadingScreen());
  if (result && result.kind !== "linked") showNotice(notices, noticeOf(result, []));
  try {
    const person = await signedIn();
    showPerson(person);
    const accounts = person ? await listAccounts() : undefined;
    if (result?.kind === "linked") showNotice(notices, noticeOf(result, accounts ?? []));
    if (accounts) showAccounts(accounts, result?.kind === "linked" ? result.accountId : undefined);
    else content.replaceChildren(signedOutScreen());
    if (result?.kind === "pending" && accounts) await waitForNews(accounts);
  } catch (error) {
    showFailure(error, result);
  }
}

function showFailure(error: unknown, untold?: ConnectResult): void {
  if (error instanceof ApiError && error.code === "unauthenticated") {
    showPerson(undefined);
    content.replaceChildren(signedOutScreen());
    return;
  }
  const reason = error instanceof ApiError ? error.message : "The server is not answering. Try again in a moment.";
  content.replaceChildren(failedScreen(reason, () => void show(untold)));
}

function showPerson(person: SignedIn | undefined): void {
  whoami.replaceChildren();
  if (person)
    whoami.append(element("span", { class: "name" }, person.name), element("a", { href: SIGN_OUT }, "Sign out"));
}

function showAccounts(accounts: readonly Account[], newId?: string): void {
  content.replaceChildren(
    accounts.length === 0 ? emptyScreen() : accountsScreen(accounts, newId, (account) => void leave(account)),
    composer(accounts) ?? "",
  );
}

async function leave(account: Account): Promise<void> {
  if (!(await askToDisconnect(account))) return;
  tell({ tone: "neutral", title: `${nameOf(account)} is no longer connected.` });
  await listAccounts()
    .then((accounts) => showAccounts(accounts))
    .catch((error: unknown) => showFailure(error));
}

/** Tells what the person has just done, and takes the focus that the button they pressed has lost. */
function tell(notice: Notice): void {
  showNotice(notices, notice);
  notices.querySelector<HTMLElement>(".notice")?.focus();
}

/** Looks a few times whether the connection that another request is still saving has come. */
async function waitForNews(accounts: readonly Account[], pauses = PENDING_CHECKS_MS): Promise<void> {
  const news = accounts.find(isNew);
  if (news) {
    showAccounts(accounts, news.id);
    showNotice(notices, noticeOf({ kind: "linked", accountId: news.id, message: "" }, accounts));
    return;
  }
  const [pause, ...later] = pauses;
  if (pause === undefined) return;
  await new Promise((resolve) => setTimeout(resolve, pause));
  await waitForNews(await listAccounts(), later);
}

const isNew = ({ connectedAt }: Account): boolean =>
  connectedAt !== null && Date.now() - Date.parse(connectedAt) < JUST_NOW_MS;

// a page that the browser kept may be out of date
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) void show(undefined);
});

const result = readResult(location);
history.replaceState(null, "", withoutResult(location));
void show(result);
