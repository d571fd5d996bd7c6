import * as z from "zod/mini";

export const Text = z.string().check(z.minLength(1));

/** Text that can be done without: whatever else stands in its place counts as absent. */
export const OptionalText = z.catch(z.optional(z.string()), undefined);
