import { expect, test } from "vitest";
import { sessionCookies } from "./cookie-names.ts";

test("an app under https has its session in a __Secure- cookie only", () => {
  expect(namesOf("https://app.example", undefined)).toEqual([
    "__Secure-authjs.session-token",
    "__Secure-next-auth.session-token",
  ]);
});

test("an app under http may use the plain names", () => {
  expect(namesOf("http://localhost:3000", [])).toEqual(
    expect.arrayContaining(["authjs.session-token", "next-auth.session-token"]),
  );
});

test("configured names replace the libraries' own", () => {
  expect(namesOf("https://app.example", ["shop.sid", "sid"])).toEqual(["shop.sid", "sid"]);
});

const namesOf = (...given: Parameters<typeof sessionCookies>) => sessionCookies(...given).map(({ name }) => name);
