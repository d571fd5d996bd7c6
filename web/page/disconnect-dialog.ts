import { type Account, ApiError, disconnect } from "../client.ts";
import { nameOf } from "./account-words.ts";
import { element } from "./dom.ts";

/** Asks, disconnects, and says whether it happened. A failure is shown where the question was. */
export function askToDisconnect(account: Account): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const name = nameOf(account);
  const failure = element("p", { class: "failure", role: "alert" });
  const keep = element(
    "button",
    { class: "button button-quiet", type: "button", click: () => dialog.close() },
    "Keep it",
  );
  const confirm = element("button", { class: "button button-danger", type: "button" }, "Disconnect");
  const dialog = element(
    "dialog",
    { "aria-labelledby": "question", "aria-describedby": "consequence" },
    element("h2", { id: "question" }, `Disconnect ${name}?`),
    element(
      "p",
      { id: "consequence" },
      "Posting to it from here stops, and TikTok is told to end this app’s access. You can connect it again at any time.",
    ),
    failure,
    element("div", { class: "answers" }, keep, confirm),
  );

  confirm.addEventListener("click", async () => {
    confirm.disabled = true;
    confirm.textContent = "Disconnecting…";
    failure.textContent = "";
    try {
      await disconnect(account.id).catch(unlessGone);
      dialog.close("disconnected");
    } catch (error) {
      failure.textContent = error instanceof Error ? error.message : "Something went wrong.";
      confirm.disabled = false;
      confirm.textContent = "Try again";
      confirm.focus();
    }
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(dialog.returnValue === "disconnected");
  });
  document.body.append(dialog);
  dialog.showModal();
  return promise;
}

function unlessGone(error: unknown): void {
  if (!(error instanceof ApiError && error.code === "not_found")) throw error;
}
