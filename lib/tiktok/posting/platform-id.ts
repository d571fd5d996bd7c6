import * as z from "zod";

/** An id of TikTok's. Some come as numbers, which are strings already where they are larger than a number can be. */
export const PlatformId = z.union([z.string().min(1), z.number().transform(String)]);
