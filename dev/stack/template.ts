import { dirname, join } from "node:path";
import * as z from "zod";
import type { QueueOptions } from "../aws/sqs.ts";
import { repository } from "../build/entries.ts";
import { pointsTo, Resource, type Resources } from "./intrinsics.ts";

export interface FunctionPlan {
  readonly name: string;
  readonly folder: string;
  readonly handler: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, unknown>>;
}

/** What a deploy would make, as far as it matters here. Functions are called by their names without service and stage. */
export interface Plan {
  readonly resources: Resources;
  readonly functions: readonly FunctionPlan[];
  readonly routes: readonly { readonly routeKey: string; readonly functionName: string }[];
  readonly schedules: readonly { readonly expression: string; readonly functionName: string }[];
  readonly consumers: readonly { readonly queue: string; readonly functionName: string; readonly batchSize: number }[];
  readonly queues: readonly { readonly name: string; readonly options: QueueOptions }[];
  readonly secretNames: readonly string[];
}

const Template = z.object({ Resources: z.record(z.string(), Resource) });
const LambdaProperties = z.object({
  Handler: z.string(),
  Timeout: z.number().default(3),
  MemorySize: z.number().default(128),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }).default({ Variables: {} }),
});
const Join = z.object({ "Fn::Join": z.tuple([z.string(), z.array(z.unknown())]) });
const RouteProperties = z.object({ RouteKey: z.string(), Target: Join });
const ScheduleProperties = z.object({ ScheduleExpression: z.string(), Target: z.object({ Arn: z.unknown() }) });
const ConsumerProperties = z.object({
  EventSourceArn: z.unknown(),
  FunctionName: z.unknown(),
  BatchSize: z.number().default(10),
});
const QueueProperties = z.object({
  VisibilityTimeout: z.number().default(30),
  DelaySeconds: z.number().default(0),
  RedrivePolicy: z.object({ deadLetterTargetArn: z.unknown(), maxReceiveCount: z.number() }).optional(),
});

export function planOf(templateText: string): Plan {
  const { Resources: resources } = Template.parse(JSON.parse(templateText));
  const of = (type: string) =>
    Object.entries(resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, { Properties }]) => [id, Properties] as const);
  const lambdas = new Map(of("AWS::Lambda::Function").map(([id, properties]) => [id, functionPlan(properties)]));
  const functionName = (target: unknown): string => {
    const found = lambdas.get(pointsTo(target) ?? "");
    if (found) return found.name;
    throw new Error(`The template's ${JSON.stringify(target)} leads to no function`);
  };
  const integrated = (integration: unknown) =>
    functionName(resources[pointsTo(integration) ?? ""]?.Properties.IntegrationUri);

  return {
    resources,
    functions: [...lambdas.values()],
    routes: of("AWS::ApiGatewayV2::Route").map(([, properties]) => {
      const { RouteKey, Target } = RouteProperties.parse(properties);
      return { routeKey: RouteKey, functionName: integrated(Target["Fn::Join"][1].at(-1)) };
    }),
    schedules: of("AWS::Scheduler::Schedule").map(([, properties]) => {
      const { ScheduleExpression, Target } = ScheduleProperties.parse(properties);
      return { expression: ScheduleExpression, functionName: functionName(Target.Arn) };
    }),
    consumers: of("AWS::Lambda::EventSourceMapping").map(([, properties]) => {
      const { EventSourceArn, FunctionName, BatchSize } = ConsumerProperties.parse(properties);
      return { queue: pointsTo(EventSourceArn) ?? "", functionName: functionName(FunctionName), batchSize: BatchSize };
    }),
    queues: of("AWS::SQS::Queue").map(([id, properties]) => ({ name: id, options: queueOptions(properties) })),
    secretNames: of("AWS::SecretsManager::Secret").map(([, { Name }]) => z.string().parse(Name)),
  };
}

function functionPlan(properties: unknown): FunctionPlan {
  const { Handler, Timeout, MemorySize, Environment } = LambdaProperties.parse(properties);
  const folder = join(repository, dirname(Handler));
  return {
    name: dirname(Handler).split("/").at(-1) ?? Handler,
    folder,
    handler: Handler.slice(dirname(Handler).length + 1),
    timeoutMs: Timeout * 1000,
    memoryMb: MemorySize,
    environment: Environment.Variables,
  };
}

function queueOptions(properties: unknown): QueueOptions {
  const { VisibilityTimeout, DelaySeconds, RedrivePolicy } = QueueProperties.parse(properties);
  const redrive = RedrivePolicy && {
    queue: pointsTo(RedrivePolicy.deadLetterTargetArn) ?? "",
    maxReceiveCount: RedrivePolicy.maxReceiveCount,
  };
  return { visibilitySeconds: VisibilityTimeout, delaySeconds: DelaySeconds, ...(redrive && { redrive }) };
}
