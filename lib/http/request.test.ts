import { expect, test } from "vitest";
import { httpEvent } from "../../dev/lambda/payload.ts";
import { cookiesOf, headerOf, queryOf } from "./request.ts";

test("a query that comes only parsed is read as well as one that comes as it was sent", () => {
  const event = httpEvent({ path: "/tiktok/callback", query: "code=a*b!&state=s%20s" });

  expect([...queryOf(event)]).toEqual([...queryOf({ ...event, rawQueryString: "" })]);
});

test("headers are found in any case, and cookies in the list and in the header", () => {
  const event = {
    ...httpEvent({ path: "/", cookies: ["a=1"] }),
    headers: { Origin: "https://a.example", COOKIE: "b=2; c=3" },
  };

  expect(headerOf(event, "origin")).toBe("https://a.example");
  expect(cookiesOf(event)).toEqual(["a=1", "b=2", "c=3"]);
});
