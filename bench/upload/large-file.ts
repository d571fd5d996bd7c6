import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import { Readable } from "node:stream";
import { listen } from "../../dev/fake-tiktok/server.ts";

const BLOCK = Buffer.alloc(1_000_000, "frames of a long film ");

/** A file that is made while it is read, so that this process needs no memory for it either. */
export async function serveLargeFile(megabytes: number): Promise<{ url: string; sha256: string; server: Server }> {
  const size = megabytes * BLOCK.length;
  const server = createServer(({ headers }, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
    response.writeHead(206, {
      "content-type": "video/mp4",
      "content-length": size - from,
      "content-range": `bytes ${from}-${size - 1}/${size}`,
      etag: '"film"',
    });
    Readable.from(blocks(size, from)).pipe(response);
  });
  const hash = createHash("sha256");
  for (const block of blocks(size, 0)) hash.update(block);
  return { url: `${await listen(server, 0)}/film.mp4`, sha256: hash.digest("hex"), server };
}

function* blocks(size: number, from: number): Generator<Buffer> {
  const into = from % BLOCK.length;
  if (into > 0) yield BLOCK.subarray(into);
  for (let at = from - into + (into > 0 ? BLOCK.length : 0); at < size; at += BLOCK.length) yield BLOCK;
}
