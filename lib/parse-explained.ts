import { en } from "zod/locales";
import * as z from "zod/mini";

const english = { error: en().localeError };

/** Parses; when that fails, the issues say in words what each value has to be, which zod/mini alone does not. */
export const parseExplained = <Schema extends z.core.$ZodType>(
  schema: Schema,
  value: unknown,
): z.core.util.SafeParseResult<z.output<Schema>> => z.safeParse(schema, value, english);
