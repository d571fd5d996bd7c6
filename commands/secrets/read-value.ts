import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { UsageProblem } from "../exit-code.ts";

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Asks on the terminal and shows nothing of the answer. */
export async function askUnseen(question: string, { input, output }: Terminal): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const readline = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
  const closed = new AbortController();
  readline.once("close", () => closed.abort());
  output.write(`${question}: `);
  const answer = await readline.question("", { signal: closed.signal }).catch(() => undefined);
  readline.close();
  output.write("\n");
  if (answer === undefined) throw new UsageProblem("Nothing was entered, nothing was written");
  return answer.trim();
}

/** What the file holds, or what comes in through a pipe; undefined where only a person can be asked. */
export async function givenText(from: string | undefined): Promise<string | undefined> {
  if (from !== undefined && from !== "-") return (await readFile(from, "utf8")).trim();
  if (from === undefined && process.stdin.isTTY) return undefined;
  return (await text(process.stdin)).trim();
}
