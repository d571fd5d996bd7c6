import type { PostRequest } from "../posts-client.ts";
import { isOn, textIn } from "./fields.ts";

/** What the form says, as the API takes it. */
export function readForm(form: HTMLFormElement, idempotencyKey: string): PostRequest {
  const addresses = textIn(form, "media").split(/\s+/).filter(Boolean);
  const privacyLevel = textIn(form, "privacyLevel");
  const type = textIn(form, "kind") === "photo" ? "photo" : "video";
  return {
    accountIds: chosenAccounts(form),
    text: textIn(form, "text"),
    media: addresses.map((url) => ({ type, url })),
    options: {
      tiktok: {
        mode: isOn(form, "draft") ? "draft" : "direct",
        ...(privacyLevel !== "" && { privacyLevel }),
        allowComment: isOn(form, "allowComment"),
        allowDuet: isOn(form, "allowDuet"),
        allowStitch: isOn(form, "allowStitch"),
        disclosure: {
          brandedContent: isOn(form, "brandedContent"),
          ownBrand: isOn(form, "ownBrand"),
          aiGenerated: isOn(form, "aiGenerated"),
        },
      },
    },
    idempotencyKey,
  };
}

export const chosenAccounts = (form: HTMLFormElement): string[] => new FormData(form).getAll("account").map(String);
