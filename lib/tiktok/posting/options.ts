import * as z from "zod/mini";

const off = z._default(z.boolean(), false);

/** What a request says under `options.tiktok`. Whatever is not said is off: TikTok wants people to decide, not defaults. */
export const TikTokOptions = z.strictObject({
  /** `draft` puts it into the person's inbox, where the TikTok app finishes it. */
  mode: z._default(z.enum(["direct", "draft"]), "direct"),
  privacyLevel: z.optional(z.string().check(z.maxLength(100))),
  allowComment: off,
  allowDuet: off,
  allowStitch: off,
  coverTimestampMs: z.optional(z.int().check(z.minimum(0))),
  disclosure: z.prefault(
    z.strictObject({
      /** A paid partnership with another brand. */
      brandedContent: off,
      ownBrand: off,
      aiGenerated: off,
    }),
    {},
  ),
});
export type TikTokOptions = z.infer<typeof TikTokOptions>;

/** TikTok's name for who may see only their own posts. */
export const ONLY_ME = "SELF_ONLY";

export const isDraft = ({ mode }: TikTokOptions): boolean => mode === "draft";

export const scopeFor = (options: TikTokOptions): string => (isDraft(options) ? "video.upload" : "video.publish");
