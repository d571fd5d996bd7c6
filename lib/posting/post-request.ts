import { ObjectId } from "mongodb";
import * as z from "zod/mini";
import type { PostingServices } from "./services.ts";

const MOST_ACCOUNTS = 50;
const MOST_MEDIA = 35;
const LONGEST_TEXT = 10_000;

export const ObjectIdText = z.string().check(z.regex(/^[0-9a-f]{24}$/i, "This is no account's id."));

export const MediaSchema = z.strictObject({
  type: z.enum(["video", "photo"]),
  url: z.url("This is no web address.").check(z.maxLength(2000, "The address is too long.")),
});

/** What `POST /posts` takes. Each platform adds its own options under its name. */
export const postRequestSchema = (services: PostingServices) =>
  z.strictObject({
    accountIds: z.array(ObjectIdText).check(z.minLength(1, "Choose at least one account."), z.maxLength(MOST_ACCOUNTS)),
    text: z._default(z.string().check(z.maxLength(LONGEST_TEXT, "The text is too long for any platform.")), ""),
    media: z
      .array(MediaSchema)
      .check(
        z.minLength(1, "Add a video or photos."),
        z.maxLength(MOST_MEDIA, "That is more than any platform takes."),
      ),
    options: z._default(z.strictObject(optionsOf(services)), {}),
    idempotencyKey: z.string().check(z.minLength(1), z.maxLength(200)),
  });

export interface PostRequest {
  readonly accountIds: readonly ObjectId[];
  readonly text: string;
  readonly media: readonly z.infer<typeof MediaSchema>[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly idempotencyKey: string;
}

export type ParsedRequest =
  | { readonly kind: "request"; readonly request: PostRequest }
  | { readonly kind: "invalid"; readonly message: string };

/** Parses a request; the message names every field that is wrong and says what it has to be. */
export function parsePostRequest(body: unknown, services: PostingServices): ParsedRequest {
  const parsed = postRequestSchema(services).safeParse(body);
  if (!parsed.success) return { kind: "invalid", message: explained(parsed.error) };
  const accountIds = [...new Set(parsed.data.accountIds.map((id) => id.toLowerCase()))].sort();
  return { kind: "request", request: { ...parsed.data, accountIds: accountIds.map((id) => new ObjectId(id)) } };
}

const optionsOf = (services: PostingServices): Record<string, z.ZodMiniOptional<z.ZodMiniType>> =>
  Object.fromEntries(Object.entries(services).map(([platform, { options }]) => [platform, z.optional(options)]));

/** What is wrong, field by field. */
export const explained = ({ issues }: z.core.$ZodError): string =>
  issues.map(({ path, message }) => `${path.join(".") || "body"}: ${message}`).join("; ");
