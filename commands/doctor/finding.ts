/** What a check has found, in one sentence; what is not well comes with its fix. */
export type Finding =
  | { readonly level: "ok" | "skipped"; readonly check: string; readonly sentence: string }
  | { readonly level: "problem" | "warning"; readonly check: string; readonly sentence: string; readonly fix: string };

export const ok = (check: string, sentence: string): Finding => ({ level: "ok", check, sentence });
export const skipped = (check: string, sentence: string): Finding => ({ level: "skipped", check, sentence });

/** It will not work like this. */
export const problem = (check: string, sentence: string, fix: string): Finding => ({
  level: "problem",
  check,
  sentence,
  fix,
});

/** It may be meant like this. */
export const warning = (check: string, sentence: string, fix: string): Finding => ({
  level: "warning",
  check,
  sentence,
  fix,
});

export function inLines(finding: Finding): string[] {
  const { level, check, sentence } = finding;
  const line = `${level.padEnd(8)} ${check.padEnd(12)} ${sentence}`;
  return "fix" in finding ? [line, `${" ".repeat(22)}fix: ${finding.fix}`] : [line];
}
