import { beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { functionEntries } from "../dev/build/entries.ts";
import { pointsTo } from "../dev/stack/intrinsics.ts";
import { packagedTemplate, type Resource, type Template } from "./support/packaged-template.ts";

const GATEWAY_TIMEOUT_SECONDS = 30;

const routes: Record<string, string> = {
  "GET /tiktok/authorize": "AuthorizeDashredirect",
  "GET /tiktok/callback": "OauthDashcallback",
  "GET /accounts": "Accounts",
  "DELETE /accounts/{accountId}": "UnlinkDashaccount",
  "POST /webhooks/tiktok": "TiktokDashwebhook",
  "GET /health": "Health",
  "POST /posts": "CreateDashpost",
  "GET /posts/{postId}": "GetDashpost",
  "POST /posts/{postId}/settlement": "SettleDashpost",
  "GET /accounts/{accountId}/creator": "CreatorDashoptions",
  "GET /openapi.json": "Openapi",
};

const Statement = z.object({
  Effect: z.literal("Allow"),
  Action: z.union([z.string(), z.array(z.string())]).transform((actions) => [actions].flat()),
  Resource: z.unknown(),
});
const Statements = z.union([z.array(Statement), Statement.transform((statement) => [statement])]);
const Policy = z.object({ PolicyDocument: z.object({ Statement: Statements }) });
const Policies = z.array(Policy).transform((list) => list.flatMap(({ PolicyDocument }) => PolicyDocument.Statement));

const Redrive = z.object({
  RedrivePolicy: z
    .object({ deadLetterTargetArn: z.unknown() })
    .transform(({ deadLetterTargetArn }) => deadLetterTargetArn)
    .optional(),
});
const Limits = z.object({ ThrottlingRateLimit: z.number(), ThrottlingBurstLimit: z.number() });
const StageProperties = z.object({ DefaultRouteSettings: Limits, RouteSettings: z.record(z.string(), Limits) });

let template: Template;

beforeAll(async () => {
  template = await packagedTemplate("dev");
});

test("the routes are the documented ones, each to its function", () => {
  const packaged = template.ofType("AWS::ApiGatewayV2::Route").map(([, { Properties }]) => {
    const [integration = ""] = JSON.stringify(Properties.Target).match(/HttpApiIntegration\w+/) ?? [];
    return [Properties.RouteKey, integration.replace("HttpApiIntegration", "")];
  });

  expect(Object.fromEntries(packaged)).toEqual(routes);
});

test("every function that is built is deployed", () => {
  const deployed = functions().map(([, { Properties }]) => Properties.Handler);

  expect(deployed.sort()).toEqual(functionEntries().map(({ name }) => `dist/${name}/index.handler`));
});

test("a function that a browser waits for gives up before the gateway does", () => {
  const served = Object.values(routes).map(
    (name) => template.resources.get(`${name}LambdaFunction`)?.Properties.Timeout,
  );

  expect(served.every((timeout) => typeof timeout === "number" && timeout < GATEWAY_TIMEOUT_SECONDS)).toBe(true);
});

test("events reach the functions in payload format 2.0 on the default stage", () => {
  const formats = template
    .ofType("AWS::ApiGatewayV2::Integration")
    .map(([, each]) => each.Properties.PayloadFormatVersion);
  const stages = template.ofType("AWS::ApiGatewayV2::Stage").map(([, each]) => each.Properties.StageName);

  expect(new Set(formats)).toEqual(new Set(["2.0"]));
  expect(stages).toEqual(["$default"]);
});

test("every function has a role of its own", () => {
  const roles = functions().map(([, { Properties }]) => JSON.stringify(Properties.Role));

  expect(new Set(roles).size).toBe(functionEntries().length);
  expect(template.resources.has("IamRoleLambdaExecution")).toBe(false);
});

test("every function runs Node 24 on arm64 and keeps its logs for a stated time", () => {
  for (const [id, { Properties }] of functions()) {
    const logs = template.resources.get(id.replace("LambdaFunction", "LogGroup"));

    expect(Properties).toMatchObject({ Runtime: "nodejs24.x", Architectures: ["arm64"] });
    expect(logs?.Properties, id).toMatchObject({ RetentionInDays: expect.any(Number) });
  }
});

test("a function may write its own logs only", () => {
  for (const [id, { Properties }] of functions()) {
    const logs = statementsOf(roleOf(Properties)).filter(({ Action }) =>
      Action.some((action) => action.startsWith("logs:")),
    );

    expect(logs.map(({ Resource }) => Resource)).toEqual([
      { "Fn::GetAtt": [id.replace("LambdaFunction", "LogGroup"), "Arn"] },
    ]);
  }
});

test("no role has a wildcard among its actions or resources", () => {
  const statements = template.ofType("AWS::IAM::Role").flatMap(([, role]) => statementsOf(role));

  expect(statements.length).toBeGreaterThan(10);
  expect(statements.filter(({ Action, Resource }) => JSON.stringify([Action, Resource]).includes("*"))).toEqual([]);
});

test("elsewhere the wildcards are the key's own policy, any route of this API, and what nobody may do to the bucket", () => {
  const withWildcards = [...template.resources.values()].filter(
    ({ Type, Properties }) => Type !== "AWS::IAM::Role" && /\*"/.test(JSON.stringify(Properties)),
  );

  expect([...new Set(withWildcards.map(({ Type }) => Type))].sort()).toEqual([
    "AWS::KMS::Key",
    "AWS::Lambda::Permission",
    "AWS::S3::BucketPolicy",
  ]);
  expect(JSON.stringify(template.resources.get("ServerlessDeploymentBucketPolicy"))).not.toContain('"Allow"');
});

test("a function may use the queues and the bus that its environment names", () => {
  const uses = functions().flatMap(([id, { Properties }]) => {
    const { Variables } = z.object({ Variables: z.record(z.string(), z.unknown()) }).parse(Properties.Environment);
    const named = Object.values(Variables).flatMap((value) => pointsTo(value) ?? []);
    return named
      .filter((name) => name !== "AppSecret")
      .map((name) => ({ id, name, allowed: resourcesOf(roleOf(Properties)).includes(name) }));
  });

  expect(uses.length).toBeGreaterThan(5);
  expect(uses.filter(({ allowed }) => !allowed)).toEqual([]);
});

test.each([
  ["TokenRefresh", "TokenDashrefreshLambdaFunction", "TokenRefreshDeadLetters"],
  ["IntegrityAudit", "IntegrityDashauditLambdaFunction", "IntegrityAuditDeadLetters"],
  ["ResumePosts", "ResumeDashpostsLambdaFunction", "PostsDeadLetters"],
])("the schedule %s may start its function and nothing else", (name, started, deadLetters) => {
  const schedule = template.resources.get(`${name}Schedule`);
  const role = template.resources.get(`${name}ScheduleRole`);

  expect(statementsOf(role).map(({ Action, Resource }) => [...Action, pointsTo(Resource)])).toEqual([
    ["lambda:InvokeFunction", started],
    ["sqs:SendMessage", deadLetters],
  ]);
  expect(JSON.stringify(role?.Properties.AssumeRolePolicyDocument)).toContain(
    '"aws:SourceArn":{"Fn::GetAtt":["ScheduleGroup","Arn"]}',
  );
  expect(schedule?.Properties).toMatchObject({
    GroupName: { Ref: "ScheduleGroup" },
    FlexibleTimeWindow: { Mode: "FLEXIBLE" },
    Target: {
      Arn: { "Fn::GetAtt": [started, "Arn"] },
      RoleArn: { "Fn::GetAtt": [`${name}ScheduleRole`, "Arn"] },
      RetryPolicy: { MaximumRetryAttempts: 2 },
      DeadLetterConfig: { Arn: { "Fn::GetAtt": [deadLetters, "Arn"] } },
    },
  });
});

test("the secret outlives the stack, under a key of its own, and no value of it is in the template", () => {
  const secret = template.resources.get("AppSecret");
  const environments = functions().map(([, { Properties }]) => JSON.stringify(Properties.Environment));

  expect(secret).toMatchObject({
    DeletionPolicy: "Retain",
    Properties: { KmsKeyId: { "Fn::GetAtt": ["AppSecretKey", "Arn"] } },
  });
  expect(secret?.Properties).not.toHaveProperty("SecretString");
  expect(template.resources.get("AppSecretKey")).toMatchObject({ DeletionPolicy: "Retain" });
  expect(environments.every((environment) => environment.includes('"SECRET_ID":{"Ref":"AppSecret"}'))).toBe(true);
  expect(template.text).not.toMatch(/mongodb(?:\+srv)?:\/\/|resolve:secretsmanager|clientSecret|SecretString/);
});

test("queues are encrypted, and what a queue cannot deliver is kept in another for 14 days", () => {
  const queues = template.ofType("AWS::SQS::Queue");
  const redrives = queues.flatMap(([, { Properties }]) => pointsTo(Redrive.parse(Properties).RedrivePolicy) ?? []);
  const isDeadLetters = (id: string) => id.endsWith("DeadLetters");

  expect(queues.map(([id]) => id).filter((id) => !isDeadLetters(id)).length).toBe(redrives.length);
  expect(redrives.every(isDeadLetters)).toBe(true);
  for (const [id, { Properties }] of queues) {
    expect(Properties.SqsManagedSseEnabled, id).toBe(true);
    if (isDeadLetters(id)) expect(Properties.MessageRetentionPeriod, id).toBe(1_209_600);
  }
});

test("a message stays out of sight for six times as long as its function may work on it", () => {
  const mappings = template.ofType("AWS::Lambda::EventSourceMapping").map(([, { Properties }]) => ({
    visible: template.resources.get(pointsTo(Properties.EventSourceArn) ?? "")?.Properties.VisibilityTimeout,
    timeout: template.resources.get(pointsTo(Properties.FunctionName) ?? "")?.Properties.Timeout,
    responses: Properties.FunctionResponseTypes,
  }));

  expect(mappings.length).toBe(2);
  for (const { visible, timeout, responses } of mappings) {
    expect(Number(visible)).toBeGreaterThanOrEqual(6 * Number(timeout));
    expect(responses).toEqual(["ReportBatchItemFailures"]);
  }
});

test("a pair to be rescued is tried for longer than a day's outage", () => {
  const { VisibilityTimeout, RedrivePolicy, MessageRetentionPeriod } = z
    .object({
      VisibilityTimeout: z.number(),
      RedrivePolicy: z.object({ maxReceiveCount: z.number() }),
      MessageRetentionPeriod: z.number(),
    })
    .parse(template.resources.get("RescueQueue")?.Properties);

  expect(VisibilityTimeout * RedrivePolicy.maxReceiveCount).toBeGreaterThan(86_400);
  expect(MessageRetentionPeriod).toBeGreaterThan(VisibilityTimeout * RedrivePolicy.maxReceiveCount);
});

test("nobody's concurrency is reserved unless a deploy asks for it", () => {
  expect(functions().filter(([, { Properties }]) => Properties.ReservedConcurrentExecutions !== undefined)).toEqual([]);
});

test("with a host of its own the API answers at no other", () => {
  const [[, api] = []] = template.ofType("AWS::ApiGatewayV2::Api");
  const ofDomain = ["AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::ApiMapping"].flatMap(template.ofType);

  expect(api?.Properties.DisableExecuteApiEndpoint).toEqual({ "Fn::If": ["HasDomain", true, false] });
  expect(ofDomain.map(([, each]) => each)).toMatchObject([{ Condition: "HasDomain" }, { Condition: "HasDomain" }]);
});

test("every route has a limit, and a stage waits for the routes it limits apart", () => {
  const [[, stage] = []] = template.ofType("AWS::ApiGatewayV2::Stage");
  const { RouteSettings, DefaultRouteSettings } = StageProperties.parse(stage?.Properties);
  const waitedFor = (stage?.DependsOn ?? []).map((id) => template.resources.get(id)?.Properties.RouteKey);

  expect(
    [DefaultRouteSettings, ...Object.values(RouteSettings)].every(
      ({ ThrottlingRateLimit }) => ThrottlingRateLimit <= 100,
    ),
  ).toBe(true);
  expect(Object.keys(RouteSettings).filter((route) => !waitedFor.includes(route) || !(route in routes))).toEqual([]);
});

test("a deploy tells what has to be registered and what may be used", () => {
  expect(Object.keys(template.outputs)).toEqual(
    expect.arrayContaining([
      ...["ApiUrl", "RedirectUri", "WebhookUrl", "SecretName", "AccessTokenFunctionArn", "AlarmTopicArn"],
      ...["EventBusName", "PostsQueueUrl", "RescueQueueUrl", "RescueDeadLettersUrl"],
    ]),
  );
  expect(template.outputs.RedirectUri?.Value).toBe("http://localhost:3000/api/tiktok/callback");
});

test("the access log leaves out the query, where codes and states are", () => {
  const [[, stage] = []] = template.ofType("AWS::ApiGatewayV2::Stage");

  const format = JSON.stringify(stage?.Properties.AccessLogSettings);

  expect(format).toContain("$context.requestId");
  expect(format).not.toMatch(/querystring|context\.path|cookie|authorizer/i);
});

test("browsers may call the API with cookies only from named origins", () => {
  const [[, api] = []] = template.ofType("AWS::ApiGatewayV2::Api");

  expect(api?.Properties.CorsConfiguration).toMatchObject({ AllowCredentials: true, AllowOrigins: expect.any(Array) });
  expect(JSON.stringify(api?.Properties.CorsConfiguration)).not.toContain("*");
});

const functions = (): [string, Resource][] => template.ofType("AWS::Lambda::Function");

function roleOf(properties: Resource["Properties"]): Resource | undefined {
  const { "Fn::GetAtt": target } = z.object({ "Fn::GetAtt": z.array(z.string()) }).parse(properties.Role);
  return template.resources.get(target[0] ?? "");
}

/** The resources that a role's statements name. */
const resourcesOf = (role: Resource | undefined) => statementsOf(role).map(({ Resource }) => pointsTo(Resource));

function statementsOf(role: Resource | undefined) {
  return Policies.parse(role?.Properties.Policies);
}
