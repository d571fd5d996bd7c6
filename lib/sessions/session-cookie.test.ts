import { expect, test } from "vitest";
import { sessionCookieValues } from "./session-cookie.ts";

test("a cookie is found by its exact name", () => {
  expect(sessionCookieValues(["sid-old=a", "xsid=b", "sid=c", "SID=d", "sid.x=e", "sid.01=f"], "sid")).toEqual(["c"]);
});

test("chunks are joined in the order of their numbers", () => {
  const cookies = ["sid.10=k", "sid.2=c", "sid.0=a", "sid.1=b", "other.3=x"];

  expect(sessionCookieValues(cookies, "sid")).toEqual(["abck"]);
});

test("a whole cookie and a chunked one are two values", () => {
  expect(sessionCookieValues(["sid.0=a", "sid=whole", "sid.1=b"], "sid")).toEqual(["whole", "ab"]);
});

test("a value keeps its equals signs, loses its quotes and is percent-decoded", () => {
  expect(sessionCookieValues(['sid="a=b%2Fc+d%3D"'], "sid")).toEqual(["a=b/c+d="]);
});

test.each(["%", "%zz", "%e2%82", "%ff", "%00"])("the malformed escape %s is a value like any other", (value) => {
  expect(sessionCookieValues([`sid=${value}`], "sid")).toHaveLength(1);
});

test.each(["sid", "=", "", "sid=", "sid=   ", 'sid=""', "sid.0="])("%j carries nothing", (cookie) => {
  expect(sessionCookieValues([cookie], "sid")).toEqual([]);
});

test("a name sent very often is looked at a few times only", () => {
  const cookies = Array.from({ length: 300 }, (_, index) => `sid=${index}`);

  expect(sessionCookieValues(cookies, "sid")).toEqual(["0", "1", "2", "3"]);
});
