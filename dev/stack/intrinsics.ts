import * as z from "zod";

export const Resource = z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) });
export type Resource = z.infer<typeof Resource>;
export type Resources = Readonly<Record<string, Resource>>;

const Ref = z.object({ Ref: z.string() });
const GetAtt = z.object({ "Fn::GetAtt": z.tuple([z.string(), z.string()]) });

/** The logical id that a Ref or GetAtt points to. */
export function pointsTo(value: unknown): string | undefined {
  return Ref.safeParse(value).data?.Ref ?? GetAtt.safeParse(value).data?.["Fn::GetAtt"][0];
}

/** What CloudFormation would put in place of a value, for the resources that exist locally too. */
export function resolved(value: unknown, resources: Resources, queueUrl: (logicalId: string) => string): string {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
  const id = pointsTo(value);
  const resource = id === undefined ? undefined : resources[id];
  if (id !== undefined && resource?.Type === "AWS::SQS::Queue") return queueUrl(id);
  const name = resource?.Properties.Name;
  if (typeof name === "string") return name;
  throw new Error(`The local stack does not know what ${JSON.stringify(value)} in the template stands for`);
}
