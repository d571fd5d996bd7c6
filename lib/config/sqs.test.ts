import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { afterAll, expect, test, vi } from "vitest";
import { listen } from "../../dev/fake-tiktok/server.ts";
import { sqsQueue } from "./sqs.ts";

let connections = 0;
const server = createServer((_, response) => {
  const MD5OfMessageBody = createHash("md5").update("turn").digest("hex");
  response.writeHead(200, { "content-type": "application/x-amz-json-1.0" });
  response.end(JSON.stringify({ MessageId: "1", MD5OfMessageBody }));
}).on("connection", () => {
  connections += 1;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

test("a queue that is asked for again and again is reached over one connection", async () => {
  const origin = await listen(server, 0);
  for (const [name, value] of Object.entries({
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "id",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL_SQS: origin,
  }))
    vi.stubEnv(name, value);

  for (let turn = 0; turn < 5; turn += 1) await sqsQueue(`${origin}/000000000000/posts`).send("turn");

  expect(connections).toBe(1);
});
