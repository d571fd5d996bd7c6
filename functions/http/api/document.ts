import * as z from "zod/mini";
import { ErrorAnswer } from "./answers.ts";
import type { Operation } from "./operations.ts";

/** The OpenAPI 3.1 document for these routes, its schemas made from the ones that the code itself uses. */
export function openApiDocument(operations: Readonly<Record<string, Operation>>) {
  const paths: Record<string, Record<string, object>> = {};
  for (const [route, operation] of Object.entries(operations)) {
    const [method = "", path = ""] = route.split(" ");
    paths[path] = { ...paths[path], [method.toLowerCase()]: described(path, operation) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Connected TikTok accounts", version: "1" },
    servers: [{ url: "." }],
    paths,
    components: {
      schemas: { Error: schemaOf(ErrorAnswer, "output") },
      securitySchemes: {
        session: {
          type: "apiKey",
          in: "cookie",
          name: "__Secure-authjs.session-token",
          description: "The app's own session cookie, as Auth.js or NextAuth sets it; its name may differ",
        },
      },
    },
  };
}

function described(path: string, { id, summary, status, answer, query = {}, body, session }: Operation) {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => parameter(name ?? "", "path", {}));
  const inQuery = Object.entries(query).map(([name, description]) => parameter(name, "query", { description }));
  const failure = { description: "A refusal or a failure", content: jsonOf({ $ref: "#/components/schemas/Error" }) };
  const content = answer && { content: jsonOf(schemaOf(answer, "output")) };
  return {
    operationId: id,
    summary,
    ...(session !== false && { security: [{ session: [] }] }),
    ...(inPath.length + inQuery.length > 0 && { parameters: [...inPath, ...inQuery] }),
    ...(body && { requestBody: { required: true, content: jsonOf(schemaOf(body, "input")) } }),
    responses: {
      [status]: { description: status === 302 ? "On to the next page" : "Done", ...content },
      ...(status !== 302 && { default: failure }),
    },
  };
}

const parameter = (name: string, place: "path" | "query", more: object) => ({
  name,
  in: place,
  required: place === "path",
  schema: { type: "string" },
  ...more,
});

const jsonOf = (schema: object) => ({ "application/json": { schema } });

/** OpenAPI 3.1 takes JSON Schema as it is, without naming the dialect each time. */
function schemaOf(schema: z.ZodMiniType, io: "input" | "output"): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
