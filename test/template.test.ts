import { beforeAll, expect, test } from "vitest";
import * as z from "zod";
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

  expect(roles.length).toBeGreaterThanOrEqual(5);
  expect(new Set(roles).size).toBe(roles.length);
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

test("the schedule may start the refresh and nothing else", () => {
  const schedule = template.resources.get("TokenRefreshSchedule");
  const refresh = { "Fn::GetAtt": ["TokenDashrefreshLambdaFunction", "Arn"] };

  const started = statementsOf(template.resources.get("TokenRefreshScheduleRole")).filter(({ Action }) =>
    Action.includes("lambda:InvokeFunction"),
  );

  expect(started.map(({ Resource }) => Resource)).toEqual([refresh]);
  expect(schedule?.Properties).toMatchObject({
    FlexibleTimeWindow: { Mode: "FLEXIBLE" },
    Target: {
      Arn: refresh,
      RoleArn: { "Fn::GetAtt": ["TokenRefreshScheduleRole", "Arn"] },
      RetryPolicy: expect.any(Object),
      DeadLetterConfig: { Arn: { "Fn::GetAtt": ["TokenRefreshDeadLetters", "Arn"] } },
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

test("queues are encrypted", () => {
  const queues = template.ofType("AWS::SQS::Queue");

  expect(queues.length).toBeGreaterThan(0);
  expect(queues.every(([, { Properties }]) => Properties.SqsManagedSseEnabled === true)).toBe(true);
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

function statementsOf(role: Resource | undefined) {
  return Policies.parse(role?.Properties.Policies);
}
