import { unescape as percentDecode } from "node:querystring";

const MOST_VALUES = 4; // each may cost a query, and a browser sends a name twice at most per path or domain
const CHUNK_NUMBER = /^(?:0|[1-9]\d{0,2})$/;

/** The values a request carries under a cookie's name: each whole one, then the one that is split into `name.0`, `name.1`… */
export function sessionCookieValues(cookies: readonly string[], name: string): readonly string[] {
  const values: string[] = [];
  const chunks = new Map<number, string>();
  for (const cookie of cookies) {
    const [cookieName, value] = parse(cookie);
    if (cookieName === name) values.push(value);
    else if (cookieName.startsWith(`${name}.`)) {
      const suffix = cookieName.slice(name.length + 1);
      if (CHUNK_NUMBER.test(suffix) && !chunks.has(Number(suffix))) chunks.set(Number(suffix), value);
    }
  }
  const split = [...chunks].sort(([left], [right]) => left - right).map(([, value]) => value);
  return [...values, split.join("")].filter((value) => value !== "").slice(0, MOST_VALUES);
}

function parse(cookie: string): readonly [name: string, value: string] {
  const equals = cookie.indexOf("=");
  if (equals === -1) return ["", ""];
  const value = cookie.slice(equals + 1).trim();
  return [cookie.slice(0, equals).trim(), percentDecode(value.replace(/^"(.*)"$/, "$1"))]; // unlike decodeURIComponent it never throws
}
