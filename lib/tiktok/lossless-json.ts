/** JSON whose integers beyond 2^53 stay what they were, as strings: TikTok's post ids are such numbers. Undefined when it is no JSON. */
export function parseLosslessJson(text: string): unknown {
  try {
    return JSON.parse(text, keepLargeIntegers);
  } catch {
    return undefined;
  }
}

const keepLargeIntegers = (_key: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)
    ? (context?.source ?? value)
    : value;
