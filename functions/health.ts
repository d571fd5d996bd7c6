import { type HttpResponse, json } from "../lib/http/responses.ts";
import { within } from "../lib/mongo/deadline.ts";
import { type Call, jsonEndpoint } from "./http/json-endpoint.ts";

/** Answers 200 when the database answers; whatever keeps it from asking is 503 too. */
export async function health({ database }: Call): Promise<HttpResponse> {
  await within(4_000, database.db.command({ ping: 1 }));
  return json(200, { status: "ok" });
}

export const handler = jsonEndpoint("health", health, () => true);
