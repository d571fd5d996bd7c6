import type { Bundle } from "../dev/build/bundle.ts";

/** Medians in milliseconds, and each as a multiple of the bare handler's. */
export function coldTable(subjects: Bundle[], times: ReadonlyMap<string, number[]>): string {
  const [bare] = subjects;
  const median = ({ name }: Bundle) => quantile(times.get(name) ?? [], 0.5);
  const rows = subjects.map((subject) => [
    subject === bare ? "bare handler" : subject.name,
    Math.round(median(subject)),
    Math.round(quantile(times.get(subject.name) ?? [], 0.9)),
    bare === undefined ? "" : `${(median(subject) / median(bare)).toFixed(2)}×`,
    Math.ceil(subject.entryBytes / 1000),
    Math.ceil(subject.zipBytes / 1000),
  ]);
  return `| function | median ms | p90 ms | of bare | entry kB | zip kB |
| --- | --: | --: | --: | --: | --: |
${rows.map((row) => `| ${row.join(" | ")} |`).join("\n")}

From the start of the process to the first answer, the database and TikTok on the same machine. The bare handler reads the
secret through the same client and pings the database. \`oauth-callback\` links an account in that time: it reads the
session, claims the state, exchanges the code, reads the profile and commits. "Entry" is what Node reads before the handler
is there.
`;
}

function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
}
