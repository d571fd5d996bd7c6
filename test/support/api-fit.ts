import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { expect } from "vitest";
import * as z from "zod";
import { httpEvent } from "../../dev/lambda/payload.ts";
import type { LocalStack } from "../../dev/stack/local-stack.ts";

const Answer = z.looseObject({
  $ref: z.string().optional(),
  content: z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) })).optional(),
});
const Document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ responses: z.record(z.string(), Answer) }))),
  components: z.object({ schemas: z.record(z.string(), z.record(z.string(), z.unknown())) }),
});
export type ApiDocument = z.infer<typeof Document>;

export async function apiDocument(stack: LocalStack): Promise<ApiDocument> {
  const { body = "" } = await stack.http("openapi", httpEvent({ path: "/openapi.json" }));
  return Document.parse(JSON.parse(body));
}

/** What keeps an answer from being one that the document promises for its route; undefined when nothing does. */
export function misfit(
  { paths, components }: ApiDocument,
  { requestContext, rawPath }: APIGatewayProxyEventV2,
  { statusCode = 200, body = "" }: APIGatewayProxyStructuredResultV2,
): string | undefined {
  const path = Object.keys(paths).find((template) => patternOf(template).test(rawPath));
  const operation = paths[path ?? ""]?.[requestContext.http.method.toLowerCase()];
  if (!operation) return undefined; // the gateway would not have passed it on
  const promised = operation.responses[statusCode] ?? operation.responses.default;
  if (!promised) return `${statusCode} is not promised`;
  const schema = promised.content?.["application/json"]?.schema;
  if (!schema) return body === "" ? undefined : "a body is not promised";
  if (body === "") return "a body is promised";
  const resolved = schema.$ref === "#/components/schemas/Error" ? components.schemas.Error : schema;
  const parsed = z.fromJSONSchema(resolved ?? false).safeParse(JSON.parse(body));
  return parsed.success ? undefined : z.prettifyError(parsed.error);
}

const patternOf = (template: string) =>
  new RegExp(`^${template.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`);

/** Holds every answer of the stack's HTTP functions to the document that the API serves. */
export function fittingHttp(stack: LocalStack): LocalStack["http"] {
  let document: Promise<ApiDocument> | undefined;
  return async (name, event) => {
    const response = await stack.http(name, event);
    document ??= apiDocument(stack);
    expect(misfit(await document, event, response), `${event.routeKey} answers ${response.statusCode}`).toBeUndefined();
    return response;
  };
}
