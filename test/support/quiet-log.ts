import type { Log } from "../../lib/observability/log.ts";

/** A log that is read by the test instead of printed. */
export function quietLog() {
  const lines: { level: string; message: unknown; fields: unknown }[] = [];
  const write =
    (level: string) =>
    (message: unknown, ...fields: unknown[]) =>
      void lines.push({ level, message, fields: fields[0] });
  const log: Log = { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
  return { log, lines };
}
