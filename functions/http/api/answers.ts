import * as z from "zod/mini";
import { ShownPost } from "../../../lib/posting/shown-post.ts";

const Id = z.string().check(z.regex(/^[0-9a-f]{24}$/));
const nullable = <Schema extends z.ZodMiniType>(schema: Schema) => z.union([schema, z.null()]);
const Instant = z.iso.datetime();

/** Every refusal and failure: a code to branch on, a sentence for the person, an id to quote to support. */
export const ErrorAnswer = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string(), requestId: z.string() }),
});

export const ShownAccount = z.strictObject({
  id: Id,
  platform: z.string(),
  platformAccountId: z.string(),
  status: z.enum(["active", "needs_reauth", "revoked"]),
  statusReason: nullable(z.string()),
  displayName: nullable(z.string()),
  username: nullable(z.string()),
  avatarUrl: nullable(z.string()),
  scopes: z.array(z.string()),
  tokenExpiry: nullable(Instant),
  connectedAt: nullable(Instant),
  lastUsedAt: nullable(Instant),
});

export const AccountsAnswer = z.strictObject({ accounts: z.array(ShownAccount) });

export const PostsAnswer = z.strictObject({ posts: z.array(ShownPost) });

export const CreatorAnswer = z.strictObject({
  canPost: z.boolean(),
  problem: ShownPost.shape.problem,
  /** What the platform offers this account at this moment; null when nothing can be posted. */
  options: nullable(z.record(z.string(), z.unknown())),
});

export const HealthAnswer = z.strictObject({ status: z.literal("ok") });

export const Acknowledged = z.strictObject({});
