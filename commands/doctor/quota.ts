import { execFile } from "node:child_process";
import { type Finding, ok, skipped, warning } from "./finding.ts";

const CHECK = "quota";
const ENOUGH = 100;
const QUESTION = ["lambda", "get-account-settings", "--query", "AccountLimit.ConcurrentExecutions", "--output", "text"];

export type AskAws = (question: readonly string[]) => Promise<string>;

/** How many functions may run at once in this account and region: new accounts have been given 10. */
export async function quotaFindings(askAws: AskAws): Promise<Finding[]> {
  const answer = await askAws(QUESTION).catch(() => undefined);
  const quota = Number(answer ?? Number.NaN);
  if (!Number.isInteger(quota) || quota < 1)
    return [
      skipped(
        CHECK,
        "Not known here: look in Service Quotas under AWS Lambda, Concurrent executions; it takes the AWS CLI and lambda:GetAccountSettings to ask.",
      ),
    ];
  if (quota >= ENOUGH) return [ok(CHECK, `${quota} functions may run at once.`)];
  return [
    warning(
      CHECK,
      `Only ${quota} functions may run at once, in all of the account's region.`,
      "ask for 1000 in Service Quotas, AWS Lambda, Concurrent executions; until then reserve none",
    ),
  ];
}

export const awsCli: AskAws = (question) =>
  new Promise((resolve, reject) => {
    execFile("aws", [...question], { timeout: 10_000 }, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
