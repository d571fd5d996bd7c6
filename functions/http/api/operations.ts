import * as z from "zod/mini";
import { postRequestSchema } from "../../../lib/posting/post-request.ts";
import type { PostingServices } from "../../../lib/posting/services.ts";
import { SettlementRequest } from "../../../lib/posting/settlement-request.ts";
import { ShownPost } from "../../../lib/posting/shown-post.ts";
import { AccountsAnswer, Acknowledged, CreatorAnswer, HealthAnswer, PostsAnswer } from "./answers.ts";

export interface Operation {
  readonly id: string;
  readonly summary: string;
  /** The status when all goes well, and its body; null for none. */
  readonly status: number;
  readonly answer: z.ZodMiniType | null;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: z.ZodMiniType;
  /** False: answers anybody, signed in or not. */
  readonly session?: false;
}

/** Every route there is, by method and path. */
export const operations = (services: PostingServices): Readonly<Record<string, Operation>> => ({
  "GET /tiktok/authorize": {
    id: "connect",
    summary: "Sends the browser to TikTok to connect an account, or back to the app with an error code",
    status: 302,
    answer: null,
    query: {
      returnTo: "A path of the app to come back to",
      reconnect: "The id of the account that is to be reconnected",
    },
  },
  "GET /tiktok/callback": {
    id: "callback",
    summary: "Takes the browser back from TikTok and sends it on to the app, with the outcome in the query",
    status: 302,
    answer: null,
    query: { code: "TikTok's authorization code", state: "As sent to TikTok", error: "Why there is no code" },
  },
  "GET /accounts": {
    id: "listAccounts",
    summary: "The signed-in person's accounts",
    status: 200,
    answer: AccountsAnswer,
  },
  "DELETE /accounts/{accountId}": {
    id: "disconnect",
    summary: "Disconnects an account here and at TikTok",
    status: 204,
    answer: null,
  },
  "GET /accounts/{accountId}/creator": {
    id: "creatorOptions",
    summary: "What may be chosen for a post to this account right now, and why not when not",
    status: 200,
    answer: CreatorAnswer,
  },
  "POST /posts": {
    id: "createPosts",
    summary: "Posts to one or several accounts; the same idempotencyKey again is the same post",
    status: 202,
    answer: PostsAnswer,
    body: postRequestSchema(services),
  },
  "GET /posts/{postId}": { id: "getPost", summary: "How a post stands", status: 200, answer: ShownPost },
  "POST /posts/{postId}/settlement": {
    id: "settlePost",
    summary: "Says how a post ended whose outcome is in doubt",
    status: 200,
    answer: ShownPost,
    body: SettlementRequest,
  },
  "POST /webhooks/tiktok": {
    id: "receiveWebhook",
    summary: "Takes TikTok's signed events",
    status: 200,
    answer: Acknowledged,
    body: z.record(z.string(), z.unknown()),
    session: false,
  },
  "GET /health": {
    id: "health",
    summary: "Whether the database answers",
    status: 200,
    answer: HealthAnswer,
    session: false,
  },
  "GET /openapi.json": {
    id: "openapi",
    summary: "This document",
    status: 200,
    answer: z.record(z.string(), z.unknown()),
    session: false,
  },
});
