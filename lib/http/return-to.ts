const MAX_LENGTH = 2_048;

/** A path on the app's origin, or "/" for anything that could lead elsewhere. */
export function checkedReturnTo(returnTo: string | undefined, appOrigin: string): string {
  if (returnTo === undefined || returnTo.length > MAX_LENGTH) return "/";
  // a browser reads "//" and "/\" as another host, and drops tabs and newlines before it looks
  if (!/^\/(?![/\\])/.test(returnTo) || /[\\\p{Cc}]/u.test(returnTo)) return "/";
  if (!URL.canParse(returnTo, appOrigin)) return "/";
  const url = new URL(returnTo, appOrigin);
  return url.origin === appOrigin && !url.pathname.startsWith("//") ? `${url.pathname}${url.search}${url.hash}` : "/";
}
