// The alarms that every function has. Read by osls; what it exports is called with access to serverless.yml.

export async function functionAlarms({ resolveConfigurationProperty }) {
  const functions = await resolveConfigurationProperty(["functions"]);
  const provider = await resolveConfigurationProperty(["provider"]);
  const service = await resolveConfigurationProperty(["service"]);
  const alarms = Object.entries(functions).flatMap(([name, { events = [], timeout = provider.timeout }]) => {
    const isServed = events.some(({ httpApi }) => httpApi !== undefined);
    const common = { name, prefix: `${service}-${provider.stage}` };
    return [
      alarm("Errors", "crashes or runs out of time", { ...common, threshold: isServed ? 5 : 1 }),
      alarm("Throttles", "is wanted more often at once than its concurrency allows", { ...common, threshold: 1 }),
      // the longer ones use their time as far as there is work, and stop by themselves
      ...(timeout > 60 ? [] : [slowAlarm({ ...common, timeout })]),
    ];
  });
  return { Resources: Object.fromEntries(alarms) };
}

function alarm(metric, what, { name, prefix, threshold }) {
  return entry(name, metric, {
    AlarmName: `${prefix}-${name}-${metric.toLowerCase()}`,
    AlarmDescription: `${name} ${what}.`,
    MetricName: metric,
    Statistic: "Sum",
    Threshold: threshold,
  });
}

const slowAlarm = ({ name, prefix, timeout }) =>
  entry(name, "Duration", {
    AlarmName: `${prefix}-${name}-slow`,
    AlarmDescription: `One in twenty runs of ${name} takes more than 80 % of its ${timeout} s.`,
    MetricName: "Duration",
    ExtendedStatistic: "p95",
    Threshold: timeout * 800,
    EvaluationPeriods: 2,
  });

function entry(name, metric, properties) {
  const id = name.replaceAll("-", "Dash").replace(/^./, (letter) => letter.toUpperCase());
  const Properties = {
    Namespace: "AWS/Lambda",
    Dimensions: [{ Name: "FunctionName", Value: { Ref: `${id}LambdaFunction` } }],
    Period: 300,
    EvaluationPeriods: 1,
    ComparisonOperator: "GreaterThanOrEqualToThreshold",
    TreatMissingData: "notBreaching",
    AlarmActions: [{ Ref: "AlarmTopic" }],
    OKActions: [{ Ref: "AlarmTopic" }],
    ...properties,
  };
  return [`${id}${metric}Alarm`, { Type: "AWS::CloudWatch::Alarm", Properties }];
}
