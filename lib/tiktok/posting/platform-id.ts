import * as z from "zod/mini";
import { Text } from "../fields.ts";

/** An id of TikTok's. Some come as numbers, which are strings already where they are larger than a number can be. */
export const PlatformId = z.union([Text, z.pipe(z.number(), z.transform(String))]);
