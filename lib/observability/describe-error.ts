export interface DescribedError {
  name: string;
  message: string;
  /** Not `code`: a field of that name may hold an authorization code and is blanked. */
  errorCode?: string | number;
  stack?: string;
  cause?: DescribedError;
}

const MAX_MESSAGE = 2_000; // room for everything that can be wrong with an environment

/** The parts of an error that may be logged: no bodies, no key values, no credentials of a connection string. */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { name: "NonError", message: typeof error };
  const described: DescribedError = {
    name: error.name,
    message: withoutCredentials(error.message).slice(0, MAX_MESSAGE),
  };
  if ("code" in error && (typeof error.code === "string" || typeof error.code === "number"))
    described.errorCode = error.code;
  const frames = error.stack?.split("\n").filter((line) => line.startsWith("    at "));
  if (frames?.length && depth === 0) described.stack = frames.slice(0, 8).join("\n");
  if (error.cause instanceof Error && depth < 3) described.cause = describeError(error.cause, depth + 1);
  return described;
}

const withoutCredentials = (text: string) =>
  text.replaceAll(/\/\/[^/\s@]*@/g, "//…@").replaceAll(/dup key: \{.*\}/g, "dup key");
