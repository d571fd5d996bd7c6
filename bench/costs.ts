import { monthlyCosts } from "./costs/monthly.ts";

const ACCOUNTS = [1e3, 1e6, 1e8];
const TOKEN_HOURS = [24, 2];

const dollars = (amount: number) => amount.toLocaleString("en-US", { maximumFractionDigits: amount < 100 ? 2 : 0 });

const rows = ACCOUNTS.flatMap((accounts) =>
  TOKEN_HOURS.map((hours) => {
    const costs = monthlyCosts(accounts, hours);
    return [
      accounts.toLocaleString("en-US"),
      `${hours} h`,
      costs.refreshesPerSecond.toLocaleString("en-US", { maximumSignificantDigits: 3 }),
      `${costs.workers}`,
      ...[costs.refreshing, costs.serving, costs.observing].map(dollars),
      `${dollars(costs.database)} (${costs.cluster})`,
      dollars(costs.total),
    ];
  }),
);
const header = [
  "accounts",
  "token's life",
  "refreshes/s",
  "workers",
  "refreshing",
  "serving",
  "observing",
  "database",
  "total",
];

for (const cells of [header, header.map(() => "--:"), ...rows]) process.stdout.write(`| ${cells.join(" | ")} |\n`);
