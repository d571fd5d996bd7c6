import * as z from "zod";

export const SettlementRequest = z.strictObject({ outcome: z.enum(["published", "not_published"]) });
