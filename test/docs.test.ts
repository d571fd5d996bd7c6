import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { errorsPage } from "../dev/docs/errors-page.ts";

test("docs/errors.md says what the code says", async () => {
  expect(await readFile("docs/errors.md", "utf8"), "npm run docs:errors writes it anew").toBe(errorsPage());
});

test("every alarm has its section in docs/operating.md", async () => {
  const page = await readFile("docs/operating.md", "utf8");
  const sections = new Set([...page.matchAll(/^### (?:.*?)`([a-z<>-]+)`/gm)].map(([, name]) => name));

  const alarms = [...(await alarmsInFiles()), ...(await alarmsOfEveryFunction())];

  expect(alarms.length).toBeGreaterThan(10);
  expect(alarms.filter((name) => !sections.has(name))).toEqual([]);
});

async function alarmsInFiles(): Promise<string[]> {
  const files = await Promise.all(globSync("infra/*.yml").map((file) => readFile(file, "utf8")));
  return files.flatMap((text) =>
    [...text.matchAll(/AlarmName: \$\{self:service\}-\$\{sls:stage\}-(\S+)/g)].flatMap(([, name]) => name ?? []),
  );
}

/** The names that a function called `<function>` gets its alarms under. */
async function alarmsOfEveryFunction(): Promise<string[]> {
  const { functionAlarms } = await import(new URL("../infra/function-alarms.js", import.meta.url).href);
  const settings: Record<string, unknown> = {
    functions: { "<function>": { timeout: 10 } },
    provider: { stage: "prod" },
    service: "app",
  };
  const { Resources } = await functionAlarms({ resolveConfigurationProperty: ([key = ""]: string[]) => settings[key] });
  const alarms = Object.values<{ Properties: { AlarmName: string } }>(Resources);
  return alarms.map(({ Properties }) => Properties.AlarmName.replace("app-prod-", ""));
}
