import { isIP } from "node:net";
import type { AllowAddress } from "./public-address.ts";

/** What a media address looks like, before any name is resolved; undefined when nothing is wrong with it. */
export function addressProblem(text: string, allow: AllowAddress): string | undefined {
  if (!URL.canParse(text)) return "This is no web address.";
  const url = new URL(text);
  const host = hostOf(url);
  const isLocal = host === "localhost" || isIP(host) !== 0;
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLocal && isThisMachine(host) && allow("127.0.0.1")))
    return "The address has to begin with https://.";
  if (url.username !== "" || url.password !== "") return "The address must not contain a user name or a password.";
  if (isIP(host) !== 0 && !allow(host)) return "The address leads into a private network.";
  return undefined;
}

/** A URL's host without the brackets of IPv6. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, "$1");

const isThisMachine = (host: string): boolean => ["localhost", "127.0.0.1", "::1"].includes(host);
