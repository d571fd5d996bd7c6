import { describeError } from "../lib/observability/describe-error.ts";

/** What the person who runs the command has to put right: printed without a stack. */
export class UsageProblem extends Error {
  override readonly name = "UsageProblem";
}

const FAILED = 2;

/** Ends the process with the code that the work answers; 2, and the reason in one sentence, when it could not be done. */
export async function exitWith(name: string, work: () => Promise<number>): Promise<void> {
  process.exitCode = await work().catch((error: unknown) => {
    process.stderr.write(`${name}: ${inOneSentence(error)}\n`);
    return FAILED;
  });
}

/** Several problems come as lines; the driver's own words may carry the connection string's password. */
function inOneSentence(error: unknown): string {
  const [summary, ...problems] = describeError(error).message.split(/\s*✖\s*/);
  const sentence = problems.length > 0 ? `${summary}: ${problems.join("; ")}` : `${summary}`;
  return sentence.replaceAll(/\s*\n\s*/g, " ");
}
