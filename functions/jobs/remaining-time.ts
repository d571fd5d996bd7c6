import type { Context } from "aws-lambda";

/** Milliseconds until Lambda ends this invocation; called without a context, as by hand, a minute. */
export const remainingMs = (context: Context | undefined): number => context?.getRemainingTimeInMillis?.() ?? 60_000;
