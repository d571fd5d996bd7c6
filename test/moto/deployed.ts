import * as z from "zod";
import type { Template } from "../support/packaged-template.ts";
import { type AwsCalls, elements } from "./calls.ts";

/** What moto's CloudFormation makes none of: moto.md has the list with what is done instead. */
export const UNKNOWN_TO_MOTO = [
  "AWS::ApiGatewayV2::Api",
  "AWS::ApiGatewayV2::ApiMapping",
  "AWS::ApiGatewayV2::DomainName",
  "AWS::ApiGatewayV2::Integration",
  "AWS::ApiGatewayV2::Route",
  "AWS::ApiGatewayV2::Stage",
  "AWS::CloudWatch::Alarm",
  "AWS::CloudWatch::Dashboard",
  "AWS::Lambda::EventInvokeConfig",
  "AWS::Lambda::Permission",
  "AWS::S3::BucketPolicy",
  "AWS::Scheduler::Schedule",
  "AWS::Scheduler::ScheduleGroup",
  "AWS::SecretsManager::Secret",
];

export interface Deployed {
  /** The physical ids of what was made, by the template's. */
  readonly ids: ReadonlyMap<string, string>;
  /** What a value of the template stands for. */
  resolve(value: unknown): unknown;
}

const Named = z.object({ Name: z.string() });
const Made = z.object({ ARN: z.string().optional(), ScheduleGroupArn: z.string().optional() });

/** Puts the packaged template into moto: through CloudFormation what it knows there, through the services' own calls the secret, the alarms and the schedules. */
export async function deploy(template: Template, aws: AwsCalls): Promise<Deployed> {
  const ids = new Map<string, string>();
  const arns = new Map<string, string>();
  for (const [id, { Properties }] of template.ofType("AWS::SecretsManager::Secret")) {
    const { Name } = Named.parse(Properties);
    const made = Made.parse(
      await aws.target("secretsmanager", "secretsmanager.CreateSecret", { Name, SecretString: "{}" }),
    );
    ids.set(id, made.ARN ?? "");
  }
  for (const [id, { Properties }] of template.ofType("AWS::Scheduler::ScheduleGroup")) {
    const { Name } = Named.parse(Properties);
    const made = Made.parse(await aws.rest("scheduler", "POST", `/schedule-groups/${Name}`, {}));
    ids.set(id, Name);
    arns.set(id, made.ScheduleGroupArn ?? "");
  }
  const resolve = resolver(ids, arns);

  await aws.query("cloudformation", "2010-05-15", "CreateStack", {
    StackName: "connect-tiktok",
    TemplateBody: JSON.stringify(knownPart(template, resolve)),
    "Capabilities.member.1": "CAPABILITY_NAMED_IAM",
  });
  const described = await aws.query("cloudformation", "2010-05-15", "DescribeStackResources", {
    StackName: "connect-tiktok",
  });
  for (const resource of described.split("</member>")) {
    const [id] = elements(resource, "LogicalResourceId");
    const [physical] = elements(resource, "PhysicalResourceId");
    if (id === undefined || physical === undefined) continue;
    // a queue's URL is where the SDK sends to, whatever endpoint it is given, and moto names AWS's own
    ids.set(id, physical.startsWith("http") ? String(new URL(new URL(physical).pathname, aws.endpoint)) : physical);
  }
  // whose ids moto does not tell; they are their names
  for (const [id, { Properties }] of template.ofType("AWS::Events::EventBus"))
    ids.set(id, Named.parse(Properties).Name);

  for (const [, { Properties }] of template.ofType("AWS::CloudWatch::Alarm"))
    await aws.target("monitoring", "GraniteServiceVersion20100801.PutMetricAlarm", fields(resolve(Properties)));
  for (const [id, { Properties }] of template.ofType("AWS::Scheduler::Schedule"))
    await aws.rest("scheduler", "POST", `/schedules/${id}`, fields(resolve(Properties)));
  return { ids, resolve };
}

function knownPart({ resources }: Template, resolve: (value: unknown) => unknown) {
  const known = [...resources].filter(([, { Type, Condition }]) => !UNKNOWN_TO_MOTO.includes(Type) && !Condition);
  return {
    Resources: Object.fromEntries(
      known.map(([id, { Type, Properties }]) => {
        // the functions run in this process: there they would need Docker
        const code = Type === "AWS::Lambda::Function" && { Code: { ZipFile: "exports.handler = () => {};" } };
        return [id, { Type, Properties: fields(resolve({ ...Properties, ...code })) }];
      }),
    ),
  };
}

const fields = (value: unknown) => z.record(z.string(), z.unknown()).parse(value);

const Ref = z.object({ Ref: z.string() });
const GetAtt = z.object({ "Fn::GetAtt": z.tuple([z.string(), z.string()]) });

/** Replaces what points to something that is made already; the rest is for CloudFormation to replace. */
function resolver(ids: ReadonlyMap<string, string>, arns: ReadonlyMap<string, string>) {
  function resolve(value: unknown): unknown {
    const ref = Ref.safeParse(value).data?.Ref;
    if (ref !== undefined) return ids.get(ref) ?? (ref === "HttpApi" ? "not-made" : value);
    const attribute = GetAtt.safeParse(value).data?.["Fn::GetAtt"];
    if (attribute) return arns.get(attribute[0]) ?? arnOf(attribute[0], ids) ?? value;
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
  }
  return resolve;
}

/** Of what a schedule names once the stack is there: its function, its role, its queue. */
function arnOf(id: string, ids: ReadonlyMap<string, string>): string | undefined {
  const physical = ids.get(id);
  if (physical === undefined) return undefined;
  const place = "eu-central-1:123456789012";
  if (physical.startsWith("http")) return `arn:aws:sqs:${place}:${physical.split("/").at(-1)}`;
  if (id.endsWith("LambdaFunction")) return `arn:aws:lambda:${place}:function:${physical}`;
  return `arn:aws:iam::123456789012:role/${physical}`;
}
