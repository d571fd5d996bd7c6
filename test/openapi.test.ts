import { expect, test } from "vitest";
import { httpEvent } from "../dev/lambda/payload.ts";
import { apiDocument, misfit } from "./support/api-fit.ts";
import { packagedTemplate } from "./support/packaged-template.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();
const document = await apiDocument(stack);

test("the document describes every deployed route and no other", async () => {
  const routes = (await packagedTemplate("dev"))
    .ofType("AWS::ApiGatewayV2::Route")
    .map(([, { Properties }]) => String(Properties.RouteKey));

  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );

  expect(document).toMatchObject({
    openapi: "3.1.0",
    info: { title: expect.any(String), version: expect.any(String) },
  });
  expect(described.toSorted()).toEqual(routes.toSorted());
});

test("a request for a post is described to the last option", () => {
  const operation = document.paths["/posts"]?.post;

  expect(operation?.requestBody).toMatchObject({
    content: {
      "application/json": {
        schema: {
          required: ["accountIds", "media", "idempotencyKey"],
          properties: {
            media: { maxItems: 35, items: { properties: { type: { enum: ["video", "photo"] } } } },
            options: { properties: { tiktok: { properties: { disclosure: { type: "object" } } } } },
          },
        },
      },
    },
  });
});

test.each([
  ["another status", { statusCode: 302, body: "" }],
  ["another body", { statusCode: 200, body: '{"status":"fine"}' }],
  ["a body too many fields", { statusCode: 200, body: '{"status":"ok","uptime":1}' }],
  ["an error without its id", { statusCode: 503, body: '{"error":{"code":"unavailable","message":"Later"}}' }],
])("%s than promised is noticed, so the whole suite holds every answer to the document", (_, response) => {
  const event = httpEvent({ path: "/health" });

  expect(misfit(document, event, { statusCode: 200, body: '{"status":"ok"}' })).toBeUndefined();
  expect(misfit(document, event, response)).toBeDefined();
});
