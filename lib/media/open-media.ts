import { lookup } from "node:dns/promises";
import * as http from "node:http";
import * as https from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { MediaUnreadable, type OpenedMedia, type OpenMedia } from "../platform-posting.ts";
import { addressProblem, hostOf } from "./media-address.ts";
import type { AllowAddress } from "./public-address.ts";

const REDIRECTS = 3;
const HEADERS_MS = 10_000;
const SILENCE_MS = 20_000;

/** Reads media over https from addresses that are allowed: every name is resolved once, checked, and connected to as resolved. */
export const mediaReader = (allow: AllowAddress): OpenMedia => {
  async function open(address: string, from: number, redirects: number): Promise<OpenedMedia> {
    const problem = addressProblem(address, allow);
    if (problem !== undefined) throw new MediaUnreadable("media_address", problem, { isFinal: true });
    const url = new URL(address);
    const response = await request(url, from, await resolved(url, allow));
    const { statusCode = 0, headers } = response;
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
      response.destroy();
      if (redirects === 0) throw unreadable("The address leads on too many times.");
      return open(URL.parse(headers.location, url)?.href ?? headers.location, from, redirects - 1);
    }
    return opened(response, from);
  }
  return (url, from) => open(url, from, REDIRECTS);
};

/** The address to connect to. Every one that the name has must be allowed: which is taken is for nobody outside to choose. */
async function resolved(url: URL, allow: AllowAddress): Promise<string> {
  const host = hostOf(url);
  if (isIP(host) !== 0) return host;
  const addresses = await lookup(host, { all: true }).catch((cause: unknown) => {
    throw unreadable("The address's host is not known.", { isFinal: false, cause });
  });
  if (addresses.length === 0 || !addresses.every(({ address }) => allow(address)))
    throw new MediaUnreadable("media_address", "The address leads into a private network.", { isFinal: true });
  const chosen = addresses.find(({ family }) => family === 4) ?? addresses[0];
  return chosen?.address ?? host;
}

async function request(url: URL, from: number, address: string): Promise<http.IncomingMessage> {
  const family = isIP(address);
  const pinned: LookupFunction = (_host, { all }, done) =>
    all ? done(null, [{ address, family }]) : done(null, address, family);
  const headers = { "accept-encoding": "identity", range: `bytes=${from}-` };
  const { get } = url.protocol === "https:" ? https : http;
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const outgoing = get(url, { lookup: pinned, headers, agent: false, timeout: SILENCE_MS }, resolve)
    .once("timeout", () => outgoing.destroy(new Error("The media's server fell silent")))
    .on("error", reject);
  const timer = setTimeout(() => outgoing.destroy(new Error("The media's server did not answer")), HEADERS_MS);
  const answer = promise.finally(() => clearTimeout(timer));
  return answer.catch((cause: unknown) => {
    throw unreadable("The address could not be read.", { isFinal: false, cause });
  });
}

function opened(response: http.IncomingMessage, from: number): OpenedMedia {
  const { statusCode = 0, headers } = response;
  const ranged = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers["content-range"] ?? "");
  const size = Number(statusCode === 206 ? ranged?.[2] : (headers["content-length"] ?? Number.NaN));
  const start = statusCode === 206 ? Number(ranged?.[1]) : 0;
  const isUsable = (statusCode === 200 || statusCode === 206) && size > 0 && (start === 0 || start === from);
  if (!isUsable) {
    response.destroy();
    if (statusCode >= 500 || statusCode === 429)
      throw unreadable(`The address answers ${statusCode}.`, { isFinal: false });
    throw unreadable(
      statusCode < 300 ? "The address does not say how large the file is." : `The address answers ${statusCode}.`,
    );
  }
  return {
    size,
    contentType: (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "",
    etag: headers.etag ?? headers["last-modified"] ?? null,
    body: start === from ? response : skipped(response, from),
    close: () => void response.destroy(),
  };
}

/** For servers that begin at the beginning whatever they are asked for. */
async function* skipped(body: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const part of body) {
    if (part.length > left) yield part.subarray(left);
    left = Math.max(0, left - part.length);
  }
}

const unreadable = (message: string, { isFinal = true, cause }: { isFinal?: boolean; cause?: unknown } = {}) =>
  new MediaUnreadable("media_unreadable", message, { isFinal, cause });
