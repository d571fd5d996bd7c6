import * as z from "zod/mini";

export const SettlementRequest = z.strictObject({ outcome: z.enum(["published", "not_published"]) });
