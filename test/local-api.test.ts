import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { Invocation } from "../dev/lambda/runtime-api.ts";
import { gateway } from "../dev/stack/gateway.ts";
import { resolved } from "../dev/stack/intrinsics.ts";
import { intervalOf } from "../dev/stack/jobs.ts";
import { jobLine, logLine, requestLine } from "../dev/stack/lines.ts";

const routes = [
  { routeKey: "GET /accounts", functionName: "accounts" },
  { routeKey: "DELETE /accounts/{accountId}", functionName: "unlink-account" },
];
let server: Server | undefined;

afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

test("a request reaches the function of its route as the gateway's event", async () => {
  const { origin, events } = await served({ type: "ok", value: { statusCode: 204, cookies: ["a=1", "b=2"] } });

  const response = await fetch(`${origin}/accounts/a%2Fb?x=1&x=2`, {
    method: "DELETE",
    headers: { cookie: "s=1; t=2" },
  });

  expect(response.status).toBe(204);
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(events).toMatchObject([
    [
      "unlink-account",
      {
        routeKey: "DELETE /accounts/{accountId}",
        rawPath: "/accounts/a%2Fb",
        rawQueryString: "x=1&x=2",
        pathParameters: { accountId: "a/b" },
        cookies: ["s=1", "t=2"],
      },
    ],
  ]);
  expect(JSON.stringify(events)).not.toContain('"cookie":');
});

test("what has no route is not found, whatever the method", async () => {
  const { origin, events } = await served({ type: "ok", value: {} });

  const statuses = await Promise.all(
    ["/nowhere", "/accounts/", "/accounts/a/b"].map(async (path) => (await fetch(origin + path)).status),
  );

  expect(statuses).toEqual([404, 404, 404]);
  expect(events).toEqual([]);
});

test.each<[Invocation["type"], number]>([
  ["error", 500],
  ["exit", 500],
  ["timeout", 503],
])("a function that ends in %s is answered for with %i and none of its words", async (type, status) => {
  const { origin } = await served({ type, error: { errorMessage: "secret detail" } } as Invocation);

  const response = await fetch(`${origin}/accounts`);

  expect(response.status).toBe(status);
  expect(await response.text()).not.toContain("secret");
});

test("a request's line tells the outcome and keeps state, code and ids to itself", () => {
  const line = (location: string) =>
    requestLine({ method: "GET", path: "/api/x", status: 302, location, functionName: "x", milliseconds: 3.2 });

  expect(line("http://127.0.0.1:1/authorize?state=S&code_challenge=C")).toMatch(
    /302 to 127\.0\.0\.1:1\/authorize {2}x {2}3 ms$/,
  );
  expect(line("/?tiktok=error&code=access_denied&account=A")).toContain("?tiktok=error&code=access_denied ");
  expect(line("/back?code=SECRET")).not.toContain("SECRET");
});

test("a job's line counts what was done", () => {
  const value = { claimed: 2, refreshed: 2, failed: 0, oldest: 0.3 };

  expect(jobLine("token-refresh", "schedule", { type: "ok", value }, 120)).toMatch(
    /token-refresh \(schedule\) {2}claimed 2, refreshed 2 {2}120 ms$/,
  );
});

test("of a function's log only trouble and its own prints are shown", () => {
  const log = (fields: object) => logLine("accounts", JSON.stringify(fields));

  expect(log({ level: "INFO", message: "accounts listed" })).toBeUndefined();
  expect(log({ _aws: {}, Refreshed: 1 })).toBeUndefined();
  expect(log({ level: "WARN", message: "grant not revoked", reason: "http_503" })).toContain(
    "accounts warn: grant not revoked reason=http_503",
  );
  expect(logLine("accounts", "Segmentation fault")).toContain("accounts: Segmentation fault");
});

test("a schedule's rate is followed, and one at a time of day is not ticked", () => {
  expect(["rate(5 minutes)", "rate(1 hour)", "cron(0 3 * * ? *)"].map(intervalOf)).toEqual([
    300_000,
    3_600_000,
    undefined,
  ]);
});

test("a reference that nothing here stands for is an error that shows it", () => {
  const queueUrl = (id: string) => `http://queue/${id}`;
  const resources = { Rescue: { Type: "AWS::SQS::Queue", Properties: {} } };

  expect(resolved({ Ref: "Rescue" }, resources, queueUrl)).toBe("http://queue/Rescue");
  expect(() => resolved({ Ref: "Table" }, resources, queueUrl)).toThrow("Table");
});

async function served(result: Invocation) {
  const events: [string, unknown][] = [];
  const lambdas = {
    async invoke(name: string, event: unknown) {
      events.push([name, event]);
      return result;
    },
    renew: async () => undefined,
    stop: async () => undefined,
  };
  const api = gateway(routes, lambdas);
  const listening = Promise.withResolvers<void>();
  server = createServer((incoming, response) => {
    const url = new URL(incoming.url ?? "/", "http://localhost");
    void api.answer(url.pathname, url.search.slice(1), incoming, response);
  }).listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, events };
}
