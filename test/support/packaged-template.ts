import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly Condition?: string;
  readonly DependsOn?: readonly string[];
}

export interface Template {
  readonly text: string;
  readonly resources: ReadonlyMap<string, Resource>;
  readonly outputs: Readonly<Record<string, { readonly Value: unknown }>>;
  ofType(type: string): [string, Resource][];
}

const root = resolve(import.meta.dirname, "../..");

/** Packages the service as a deploy would, without credentials, and reads the template that CloudFormation would get. */
export async function packagedTemplate(stage: string): Promise<Template> {
  const osls = createRequire(import.meta.url).resolve("osls/bin/serverless.js");
  const folder = join(root, ".cache", `package-${stage}`);
  await promisify(execFile)(process.execPath, [osls, "package", "--stage", stage, "--package", folder], { cwd: root });
  const text = await readFile(join(folder, "cloudformation-template-update-stack.json"), "utf8");
  const { Resources, Outputs: outputs } = JSON.parse(text);
  const resources = new Map<string, Resource>(Object.entries(Resources));
  return { text, resources, outputs, ofType: (type) => [...resources].filter(([, { Type }]) => Type === type) };
}
