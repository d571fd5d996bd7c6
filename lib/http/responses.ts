import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";

export type HttpResponse = APIGatewayProxyStructuredResultV2;

export const redirect = (location: URL | string, cookies: string[] = []): HttpResponse => ({
  statusCode: 302,
  headers: { location: String(location) },
  ...(cookies.length > 0 && { cookies }),
});

export const json = (statusCode: number, body: unknown): HttpResponse => ({
  statusCode,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify(body),
});

export const noContent = (): HttpResponse => ({ statusCode: 204 });
