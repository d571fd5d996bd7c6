import { type Env, parseEnv } from "../../lib/config/env.ts";
import { type Finding, ok, problem } from "./finding.ts";

const CHECK = "environment";

/** The parsed environment, or a finding for every variable that is wrong. */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Env | Finding[] {
  try {
    return parseEnv(variables);
  } catch (error) {
    const [, ...problems] = error instanceof Error ? error.message.split(/\s*✖\s*/) : [];
    return problems.map((each) =>
      problem(CHECK, inOneLine(each), "set the variable; serverless.yml says what is meant"),
    );
  }
}

export const environmentFinding = ({ APP_ORIGIN, API_ORIGIN }: Env): Finding =>
  ok(CHECK, `Complete: the app at ${APP_ORIGIN}, this API at ${API_ORIGIN}.`);

const inOneLine = (text: string) =>
  text
    .trim()
    .replace(/\s*\n\s*→ at (\S+)/, " ($1)")
    .replaceAll(/\s*\n\s*/g, " ");
