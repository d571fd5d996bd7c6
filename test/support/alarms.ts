import * as z from "zod";
import type { Template } from "./packaged-template.ts";

const Dimensions = z.array(z.object({ Name: z.string(), Value: z.unknown() }));
const Metric = z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions });
const Part = z.object({
  Id: z.string(),
  Expression: z.string().optional(),
  MetricStat: z.object({ Metric, Stat: z.string() }).optional(),
});
const Alarm = Metric.partial().extend({
  AlarmName: z.string(),
  AlarmActions: z.array(z.unknown()),
  Statistic: z.string().optional(),
  ExtendedStatistic: z.string().optional(),
  Metrics: z.array(Part).optional(),
  Threshold: z.number(),
  ComparisonOperator: z.enum(["GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold"]),
  TreatMissingData: z.enum(["breaching", "notBreaching"]),
});
export type Alarm = z.infer<typeof Alarm>;
export type WatchedMetric = z.infer<typeof Metric>;

export const alarmsOf = (template: Template): Map<string, Alarm> =>
  new Map(template.ofType("AWS::CloudWatch::Alarm").map(([id, { Properties }]) => [id, Alarm.parse(Properties)]));

/** Every metric that the alarm looks at. */
export const watchedBy = (alarm: Alarm): WatchedMetric[] =>
  alarm.Metrics?.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []) ?? [Metric.parse(alarm)];

/** Whether the alarm goes off over what was printed within one of its periods. */
export function goesOff(alarm: Alarm, printed: readonly Record<string, unknown>[]): boolean {
  const value = alarm.Metrics
    ? computed(alarm.Metrics, printed)
    : statistic(alarm.Statistic ?? "", valuesOf(Metric.parse(alarm), printed));
  if (value === undefined) return alarm.TreatMissingData === "breaching";
  switch (alarm.ComparisonOperator) {
    case "GreaterThanOrEqualToThreshold":
      return value >= alarm.Threshold;
    case "GreaterThanThreshold":
      return value > alarm.Threshold;
    case "LessThanThreshold":
      return value < alarm.Threshold;
  }
}

/** CloudWatch's arithmetic reads as JavaScript once IF is a function. */
function computed(parts: z.infer<typeof Part>[], printed: readonly Record<string, unknown>[]): number | undefined {
  const inputs = parts.flatMap(({ Id, MetricStat }) =>
    MetricStat ? [[Id, statistic(MetricStat.Stat, valuesOf(MetricStat.Metric, printed)) ?? 0] as const] : [],
  );
  const expression = parts.find(({ Expression }) => Expression !== undefined)?.Expression;
  if (inputs.every(([, value]) => value === 0)) return undefined;
  const compute = new Function("IF", ...inputs.map(([id]) => id), `return ${expression};`);
  return compute(
    (condition: boolean, yes: number, no: number) => (condition ? yes : no),
    ...inputs.map(([, value]) => value),
  );
}

function statistic(name: string, values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  if (name === "Sum") return values.reduce((sum, value) => sum + value, 0);
  if (name === "Maximum") return Math.max(...values);
  if (name === "SampleCount") return values.length;
  throw new Error(`No alarm was expected to use ${name}`);
}

const Embedded = z.object({
  _aws: z.object({
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string() })),
      }),
    ),
  }),
});

/** The values that CloudWatch would file under exactly this namespace, name and these dimensions. */
function valuesOf(metric: WatchedMetric, printed: readonly Record<string, unknown>[]): number[] {
  const wanted = JSON.stringify(metric.Dimensions.map(({ Name }) => Name));
  return printed.flatMap((line) => {
    const directives = Embedded.safeParse(line).data?._aws.CloudWatchMetrics ?? [];
    const isFiled = directives.some(
      ({ Namespace, Dimensions, Metrics }) =>
        Namespace === metric.Namespace &&
        Dimensions.some((names) => JSON.stringify(names) === wanted) &&
        Metrics.some(({ Name }) => Name === metric.MetricName),
    );
    const isTheirs = isFiled && metric.Dimensions.every(({ Name, Value }) => line[Name] === Value);
    return isTheirs ? [z.number().parse(line[metric.MetricName])] : [];
  });
}
