import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { expect } from "vitest";

/** Fails unless the answer carries what every answer must: nothing cached, sniffed, framed or told to the next site. */
export function expectProtected({ headers }: APIGatewayProxyStructuredResultV2): void {
  expect(headers).toMatchObject({
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "strict-transport-security": expect.stringMatching(/^max-age=\d{8}/),
    "content-security-policy": expect.stringContaining("default-src 'none'"),
  });
}
