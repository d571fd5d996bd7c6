import * as z from "zod/mini";

/** An id of TikTok's. Some come as numbers, which are strings already where they are larger than a number can be. */
export const PlatformId = z.union([z.string().check(z.minLength(1)), z.pipe(z.number(), z.transform(String))]);
