import type { APIGatewayProxyEventV2 } from "aws-lambda";

export type HttpEvent = APIGatewayProxyEventV2;

/** A query parameter given once; undefined when absent or repeated (RFC 6749 section 3.1 forbids repetition). */
export function singleParameter(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  return values.length === 1 ? values[0] : undefined;
}

// queryStringParameters joins repeated parameters with commas: it serves where nothing else came, as in an event made by hand
export const queryOf = ({ rawQueryString, queryStringParameters }: HttpEvent): URLSearchParams =>
  rawQueryString
    ? new URLSearchParams(rawQueryString)
    : new URLSearchParams(Object.entries(queryStringParameters ?? {}).map(([name, value = ""]) => [name, value]));

export const cookiesOf = (event: HttpEvent): string[] =>
  [...(event.cookies ?? []), headerOf(event, "cookie") ?? ""].flatMap((cookies) => cookies.split(/;\s*/));

export function headerOf(event: HttpEvent, name: string): string | undefined {
  return event.headers?.[name] ?? Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}

export function bodyBytes(event: HttpEvent): Buffer {
  return Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
}

export const methodOf = (event: HttpEvent): string | undefined => event.requestContext?.http?.method;

/** The gateway's id of this request: what a person quotes to support. */
export const requestIdOf = (event: HttpEvent): string => event.requestContext?.requestId ?? "none";
