import { expect, test } from "vitest";
import type { Account } from "../client.ts";
import { historyWords, nameOf, needsReconnect, permissionWords, statusWords } from "./account-words.ts";

const account: Account = {
  id: "a1",
  platform: "tiktok",
  platformAccountId: "-000x",
  status: "active",
  statusReason: null,
  displayName: "Kitchen Notes",
  username: "kitchen.notes",
  avatarUrl: null,
  scopes: ["user.info.basic", "video.publish"],
  tokenExpiry: null,
  connectedAt: "2026-03-03T10:00:00Z",
  lastUsedAt: null,
};
const now = new Date("2026-11-23T12:00:00Z");

test("an account that works says so and offers no reconnect", () => {
  expect(statusWords(account)).toEqual({ tone: "good", label: "Connected" });
  expect(needsReconnect(account)).toBe(false);
});

test("an account whose name is blank is called by its handle", () => {
  expect(nameOf({ ...account, displayName: " " })).toBe("@kitchen.notes");
  expect(nameOf({ ...account, displayName: "", username: "" })).toBe("TikTok account");
});

test("an account in doubt still works for its owner", () => {
  expect(statusWords({ ...account, statusReason: "rotation_in_doubt" }).label).toBe("Connected");
});

test("an account that does not work says why and what to do", () => {
  const removed = statusWords({ ...account, status: "revoked" });
  const expired = statusWords({ ...account, status: "needs_reauth", statusReason: "refresh_token_expired" });

  expect(removed.explanation).toContain("removed in TikTok’s settings");
  expect(expired.explanation).toContain("has run out. Reconnect");
});

test("what was not granted is named", () => {
  expect(permissionWords(account)).toBe("Can post");
  expect(permissionWords({ ...account, scopes: ["user.info.basic"] })).toBe("Linked without permission to post");
});

test("an account without a name is called by its handle, and else by what it is", () => {
  expect(nameOf({ ...account, displayName: null })).toBe("@kitchen.notes");
  expect(nameOf({ ...account, displayName: null, username: null })).toBe("TikTok account");
});

test.each([
  [null, "Not used yet"],
  ["2026-11-23T11:59:40Z", "Last used just now"],
  ["2026-11-23T10:00:00Z", "Last used 2 hours ago"],
  ["2026-11-22T11:00:00Z", "Last used yesterday"],
  ["2026-09-01T10:00:00Z", "Last used on 1 September 2026"],
])("used at %s reads %s", (lastUsedAt, words) => {
  expect(historyWords({ ...account, lastUsedAt }, now)).toEqual(["Since 3 March 2026", words]);
});
