import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { functionEntries, repository } from "../build/entries.ts";

const events = join(repository, "events");

export const functionNames = (): string[] => functionEntries().map(({ name }) => name);
export const sampleNames = (): string[] =>
  globSync("*.json", { cwd: events })
    .map((file) => basename(file, ".json"))
    .sort();

/** What is wrong with the names, with the ones that exist. */
export function unknownNames(functionName: string | undefined, sample: string | undefined): string[] {
  const lists = [
    { kind: "function", given: functionName, known: functionNames() },
    { kind: "event", given: sample, known: sampleNames() },
  ];
  return lists
    .filter(({ given, known }) => given === undefined || !known.includes(given))
    .map(
      ({ kind, given, known }) =>
        `${given === undefined ? `No ${kind} given` : `No ${kind} is called ${given}`}; there are: ${known.join(", ")}`,
    );
}

export const readSample = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(join(events, `${name}.json`), "utf8"));
