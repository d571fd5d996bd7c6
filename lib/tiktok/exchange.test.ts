import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { exchange, type OutgoingRequest } from "./exchange.ts";

test("a form arrives as one, with its length, and the answer comes back whole in UTF-8", async () => {
  const seen: unknown[] = [];
  const { url } = await server(async (request, response) => {
    const { "content-type": type, "content-length": length } = request.headers;
    seen.push(request.method, type, length, await text(request));
    response.writeHead(201, { "retry-after": "7" });
    response.write(Buffer.from("höh").subarray(0, 2));
    setImmediate(() => response.end(Buffer.from("höh").subarray(2)));
  });

  const answer = await exchange(url, ask({ method: "POST", body: new URLSearchParams({ code: "a*b!c d" }) }));

  expect(seen).toEqual(["POST", "application/x-www-form-urlencoded;charset=UTF-8", "14", "code=a*b%21c+d"]);
  expect([answer.status, answer.headers.get("retry-after"), answer.headers.get("x-none")]).toEqual([201, "7", null]);
  expect(await answer.text()).toBe("höh");
});

test("a portion of a file arrives byte for byte under the type that it is given", async () => {
  const portion = new Uint8Array(100_000).map((_, index) => index % 251);
  const { url, received } = await echo();

  await exchange(url, ask({ method: "PUT", headers: { "content-type": "video/mp4" }, body: portion }));

  expect(received).toEqual([{ type: "video/mp4", length: "100000", sum: portion.reduce((sum, byte) => sum + byte) }]);
});

test.each([301, 302, 303, 307, 308])(
  "a redirect with %i is an error, and nobody is asked at its end",
  async (status) => {
    const other = await echo();
    const { url } = await server((_, response) => void response.writeHead(status, { location: other.url }).end("{}"));

    const refused = exchange(url, ask({ method: "POST", body: "secret" }));

    await expect(refused).rejects.toMatchObject({ code: "REDIRECTED" });
    expect(other.received).toEqual([]);
  },
);

test("whoever asks for redirects as they are gets them, still unfollowed", async () => {
  const other = await echo();
  const { url } = await server((_, response) => void response.writeHead(302, { location: other.url }).end());

  expect(await exchange(url, ask({ redirect: "manual" }))).toMatchObject({ status: 302 });
  expect(other.received).toEqual([]);
});

test.each([
  ["before it begins", undefined],
  ["in its middle", "half"],
])("an answer that is cut %s is a reset connection, never a shorter answer", async (_, part) => {
  const { url } = await server((_request, response) => {
    if (part === undefined) return void response.destroy();
    response.writeHead(200, { "content-length": "8" }).write(part, () => response.destroy());
  });

  await expect(exchange(url, ask())).rejects.toMatchObject({ code: "ECONNRESET" });
});

test.each([
  ["that never begins", undefined],
  ["that never ends", "half"],
])("an answer %s is given up when the time is over", async (_, part) => {
  const { url } = await server((_request, response) => {
    if (part !== undefined) response.writeHead(200, { "content-length": "8" }).write(part);
  });

  const late = exchange(url, ask({ signal: AbortSignal.timeout(60) }));

  await expect(late).rejects.toMatchObject({ name: "TimeoutError" });
});

test("time that was over before is not spent: nothing is sent", async () => {
  const { url, received } = await echo();

  await expect(exchange(url, ask({ signal: AbortSignal.abort("over") }))).rejects.toBe("over");
  expect(received).toEqual([]);
});

test("nobody listening is told by the connection's own code", async () => {
  const { url, close } = await echo();
  await close();

  await expect(exchange(url, ask())).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

test("a host that does not exist is told by the connection's own code", async () => {
  await expect(exchange("http://no-such-host.invalid/", ask())).rejects.toMatchObject({
    code: expect.stringMatching(/^(?:ENOTFOUND|EAI_AGAIN)$/),
  });
});

test("one connection serves what is asked one after the other", async () => {
  const ports = new Set<number | undefined>();
  const { url } = await server((request, response) => {
    ports.add(request.socket.remotePort);
    response.end("{}");
  });

  for (let count = 0; count < 3; count += 1) await exchange(url, ask());

  expect(ports.size).toBe(1);
});

test("an idle connection that the other side has closed does not lose the next request", async () => {
  const { url, closeIdle } = await echo();
  await exchange(url, ask());

  closeIdle();

  expect(await exchange(url, ask())).toMatchObject({ status: 200 });
});

const ask = (change: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  method: "GET",
  redirect: "error",
  signal: AbortSignal.timeout(5_000),
  ...change,
});

async function server(listener: RequestListener) {
  const listening = createServer(listener);
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      listening.close(() => resolve());
      listening.closeAllConnections();
    });
  onTestFinished(close);
  const { port } = listening.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v2/`, close, closeIdle: () => listening.closeIdleConnections() };
}

/** A server that answers 200 and keeps what it was sent. */
async function echo() {
  const received: { type: string | undefined; length: string | undefined; sum: number }[] = [];
  const started = await server(async (request, response) => {
    let sum = 0;
    for await (const chunk of request) for (const byte of chunk) sum += byte;
    received.push({ type: request.headers["content-type"], length: request.headers["content-length"], sum });
    response.end("{}");
  });
  return { ...started, received };
}
