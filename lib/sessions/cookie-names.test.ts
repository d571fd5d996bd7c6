import { expect, test } from "vitest";
import { sessionCookieNames } from "./cookie-names.ts";

test("an app under https has its session in a __Secure- cookie only", () => {
  expect(sessionCookieNames("https://app.example", undefined)).toEqual([
    "__Secure-authjs.session-token",
    "__Secure-next-auth.session-token",
  ]);
});

test("an app under http may use the plain names", () => {
  expect(sessionCookieNames("http://localhost:3000", [])).toEqual(
    expect.arrayContaining(["authjs.session-token", "next-auth.session-token"]),
  );
});

test("configured names replace the libraries' own", () => {
  expect(sessionCookieNames("https://app.example", ["shop.sid", "sid"])).toEqual(["shop.sid", "sid"]);
});
