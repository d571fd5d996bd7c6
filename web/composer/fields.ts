import type { Account } from "../client.ts";
import { nameOf } from "../page/account-words.ts";
import { element } from "../page/dom.ts";

export const field = (label: string, control: HTMLElement, hint?: string): HTMLElement => {
  control.id ||= `field-${control.getAttribute("name")}`;
  return element(
    "div",
    { class: "field" },
    element("label", { for: control.id }, label),
    control,
    hint !== undefined && element("p", { class: "hint" }, hint),
  );
};

export const checkbox = (name: string, label: string, value = "on"): HTMLElement =>
  element("label", { class: "check" }, element("input", { type: "checkbox", name, value }), element("span", {}, label));

export const group = (title: string, ...children: readonly HTMLElement[]): HTMLElement =>
  element("fieldset", {}, element("legend", {}, title), ...children);

export const accountChecks = (accounts: readonly Account[]): HTMLElement =>
  group("Accounts", ...accounts.map((account) => checkbox("account", nameOf(account), account.id)));

export const isOn = (form: HTMLFormElement, name: string): boolean => new FormData(form).has(name);

export const textIn = (form: HTMLFormElement, name: string): string => String(new FormData(form).get(name) ?? "");
