import { FAILURES } from "../../lib/connect/outcome-codes.ts";
import { PROBLEMS } from "../../lib/http/problem.ts";
import { STATUS_REASONS } from "./status-reasons.ts";

/** docs/errors.md, from the catalogues that the code itself uses. */
export const errorsPage = (): string => `# Errors

Made from the code by \`npm run docs:errors\`.

## Back from TikTok

The browser ends at the page the person came from, with \`tiktok=error&code=<code>\`.

${table(
  ["code", "when", "what the page says"],
  Object.entries(FAILURES).map(([code, { when, message }]) => [`\`${code}\``, when, message]),
)}

## JSON routes

\`{"error":{"code","message","requestId"}}\`; the request id finds the log line.

${table(
  ["code", "status", "when"],
  Object.entries(PROBLEMS).map(([code, { status, when }]) => [`\`${code}\``, `${status}`, when]),
)}

A 500 has the code \`internal\`: our own bug, or a setup that \`npm run doctor\` names.

## Why an account is not in use

\`statusReason\` of an account whose status is not plainly \`active\`. Connecting again helps in every case but a ban or a deleted account.

${table(
  ["statusReason", "status", "when"],
  Object.entries(STATUS_REASONS).map(([reason, { status, when }]) => [`\`${reason}\``, `\`${status}\``, when]),
)}
`;

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
