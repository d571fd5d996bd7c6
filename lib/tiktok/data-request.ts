import * as z from "zod/mini";
import type { TikTokApp } from "./app.ts";
import { failureOf, refusalIn } from "./refusal.ts";
import { askTikTok } from "./request.ts";

const Envelope = z.object({ data: z.unknown() });

export interface DataRequest<Data> {
  readonly operation: string;
  readonly path: string;
  readonly accessToken: string;
  readonly deadlineMs: number;
  readonly data: z.ZodMiniType<Data>;
  /** The JSON body; absent makes it a GET. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Asks a data endpoint and answers its `data`. Throws TikTokRefused or TikTokUnavailable; some refusals come under HTTP 200. */
export async function askForData<Data>(app: TikTokApp, request: DataRequest<Data>): Promise<Data> {
  const { operation, path, accessToken, deadlineMs, data, body } = request;
  const answer = await askTikTok(app, {
    operation,
    path,
    init: {
      signal: AbortSignal.timeout(deadlineMs),
      method: body ? "POST" : "GET",
      headers: {
        authorization: `Bearer ${accessToken}`,
        ...(body && { "content-type": "application/json; charset=UTF-8" }),
      },
      ...(body && { body: JSON.stringify(body) }),
    },
  });
  const parsed = data.safeParse(Envelope.safeParse(answer.body).data?.data);
  if (!parsed.success || refusalIn(answer.body)) throw failureOf(operation, answer);
  return parsed.data;
}
