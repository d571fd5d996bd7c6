import { ObjectId } from "mongodb";
import { UsageProblem } from "./exit-code.ts";

/** The id given to an option; undefined when the option is absent. */
export function objectIdIn(option: string, text: string | undefined): ObjectId | undefined {
  if (text === undefined) return undefined;
  if (!/^[0-9a-f]{24}$/i.test(text)) throw new UsageProblem(`${option} takes an id of 24 hexadecimal digits`);
  return new ObjectId(text);
}
