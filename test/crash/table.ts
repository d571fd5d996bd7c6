import type { CrashPoint } from "./points.ts";
import type { CrashResult } from "./round.ts";

export type CrashRecord = ReadonlyMap<CrashPoint, readonly CrashResult[]>;

/** The matrix: one line per point. */
export function crashTable(record: CrashRecord): string {
  const lines = [...record].map(([{ name, inWindow }, results]) => {
    const count = (matching: (result: CrashResult) => boolean) => results.filter(matching).length;
    return [
      name,
      results.length,
      count(({ works }) => works),
      count(({ rescued }) => rescued),
      `${count(({ works }) => !works)}${inWindow ? "" : " (none allowed)"}`,
      count(({ violations }) => violations.length > 0),
    ].join(" | ");
  });
  return [
    "| what happens | rounds | refresh token works after the next run | by the rescue queue | `rotation_in_doubt` | violations |",
    "|---|--:|--:|--:|--:|--:|",
    ...lines.map((line) => `| ${line} |`),
  ].join("\n");
}

/** How long a kill can lose a pair: from TikTok's answer in the worker's hands to the database's acknowledgement. */
export function windowLine(record: CrashRecord): string {
  const undisturbed = [...record].filter(([{ name }]) => name === "undisturbed").flatMap(([, results]) => results);
  const widths = undisturbed.flatMap(({ windowsMs }) => windowsMs).sort((left, right) => left - right);
  const at = (share: number) =>
    (widths[Math.min(widths.length - 1, Math.floor(widths.length * share))] ?? 0).toFixed(1);
  return `Window between TikTok's answer and the acknowledged write, ${widths.length} undisturbed rounds: median ${at(0.5)} ms, 95 % ${at(0.95)} ms, longest ${at(1)} ms.`;
}
