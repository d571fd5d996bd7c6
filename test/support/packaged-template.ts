import { packagedTemplate as packagedText } from "../../dev/stack/package.ts";

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

/** Packages the service as a deploy would, without credentials, and reads the template that CloudFormation would get. */
export async function packagedTemplate(stage: string): Promise<Template> {
  const text = await packagedText(stage);
  const { Resources, Outputs: outputs } = JSON.parse(text);
  const resources = new Map<string, Resource>(Object.entries(Resources));
  return { text, resources, outputs, ofType: (type) => [...resources].filter(([, { Type }]) => Type === type) };
}
