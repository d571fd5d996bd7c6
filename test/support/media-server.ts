import { createServer, type RequestListener } from "node:http";
import { afterAll } from "vitest";
import { listen } from "../../dev/fake-tiktok/server.ts";

export interface MediaFile {
  readonly bytes: Uint8Array;
  readonly type?: string;
  etag?: string;
  /** False for a server that answers with all of it whatever it is asked for. */
  readonly ranges?: boolean;
}

/** Files on loopback, and what was asked of them. */
export async function mediaServer(files: Record<string, MediaFile | RequestListener>) {
  const asked: { path: string; range: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const { url = "", headers } = request;
    asked.push({ path: url, range: headers.range });
    const file = files[url];
    if (!file) return void response.writeHead(404).end();
    if (typeof file === "function") return void file(request, response);
    const { bytes, type = "video/mp4", etag = '"1"', ranges = true } = file;
    const from = ranges ? Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0) : 0;
    response.writeHead(ranges ? 206 : 200, {
      "content-type": type,
      "content-length": bytes.length - from,
      etag,
      ...(ranges && { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    });
    response.end(bytes.subarray(from));
  });
  const origin = await listen(server, 0);
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  return { origin, asked, files };
}
