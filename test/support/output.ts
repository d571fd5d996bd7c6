import { Console } from "node:console";

/** Takes what this process prints instead of showing it, console included: the test runner would keep that to itself. */
export function captureOutput() {
  const printed: string[] = [];
  const streams = [process.stdout, process.stderr];
  const originals = streams.map((stream) => stream.write);
  for (const stream of streams)
    stream.write = (chunk: string | Uint8Array) => {
      printed.push(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString());
      return true;
    };
  const originalConsole = globalThis.console;
  globalThis.console = new Console(process.stdout, process.stderr);
  const text = () => printed.join("");
  return {
    text,
    logs: (): Record<string, unknown>[] =>
      text()
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line)),
    restore() {
      globalThis.console = originalConsole;
      for (const [index, stream] of streams.entries()) stream.write = originals[index] ?? stream.write;
    },
  };
}
