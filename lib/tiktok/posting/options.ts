import * as z from "zod";

/** What a request says under `options.tiktok`. Whatever is not said is off: TikTok wants people to decide, not defaults. */
export const TikTokOptions = z.strictObject({
  /** `draft` puts it into the person's inbox, where the TikTok app finishes it. */
  mode: z.enum(["direct", "draft"]).default("direct"),
  privacyLevel: z.string().max(100).optional(),
  allowComment: z.boolean().default(false),
  allowDuet: z.boolean().default(false),
  allowStitch: z.boolean().default(false),
  coverTimestampMs: z.int().min(0).optional(),
  disclosure: z
    .strictObject({
      /** A paid partnership with another brand. */
      brandedContent: z.boolean().default(false),
      ownBrand: z.boolean().default(false),
      aiGenerated: z.boolean().default(false),
    })
    .prefault({}),
});
export type TikTokOptions = z.infer<typeof TikTokOptions>;

/** TikTok's name for who may see only their own posts. */
export const ONLY_ME = "SELF_ONLY";

export const isDraft = ({ mode }: TikTokOptions): boolean => mode === "draft";

export const scopeFor = (options: TikTokOptions): string => (isDraft(options) ? "video.upload" : "video.publish");
