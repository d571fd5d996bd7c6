import type { Fault } from "../../dev/fake-tiktok/faults.ts";
import type { TikTokApp } from "../../lib/tiktok/app.ts";

/** One way in which a refresh brings no new pair. */
export interface RefreshFailure {
  readonly name: string;
  readonly fault?: Fault;
  /** What the network does instead, before TikTok sees anything. */
  readonly fetch?: TikTokApp["fetch"];
  readonly code: string;
  /** Counts for the brake and the metric. */
  readonly provider: boolean;
  /** TikTok may have changed the pair all the same. */
  readonly lost: boolean;
}

const refusal = (code: string) => ({ error: code, error_description: "No.", log_id: "20261123L1" });
const html = { body: "<html>Bad gateway</html>" };
const REFUSED = { provider: false, lost: false };
const FAILED = { provider: true, lost: false };
const LOST = { provider: true, lost: true };

const unsent: TikTokApp["fetch"] = async () => {
  throw new TypeError("fetch failed", { cause: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }) });
};
const timedOut: TikTokApp["fetch"] = async () => {
  throw new DOMException("The operation was aborted due to timeout", "TimeoutError");
};

/** Everything but a refusal of the grant or of the app. */
export const passingFailures: readonly RefreshFailure[] = [
  ...["invalid_request", "unsupported_grant_type", "unsupported_response_type", "invalid_scope", "access_denied"].map(
    (code) => ({ name: code, fault: { status: 400, body: refusal(code) }, code, ...REFUSED }),
  ),
  { name: "a code nobody knows", fault: { status: 200, body: refusal("moon_phase") }, code: "moon_phase", ...REFUSED },
  { name: "server_error", fault: { status: 500, body: refusal("server_error") }, code: "server_error", ...FAILED },
  {
    name: "temporarily_unavailable under 200",
    fault: { status: 200, body: refusal("temporarily_unavailable") },
    code: "temporarily_unavailable",
    ...FAILED,
  },
  {
    name: "a nested internal_error",
    fault: { status: 200, body: { error: { code: "internal_error", message: "No.", log_id: "L" } } },
    code: "internal_error",
    ...FAILED,
  },
  { name: "429", fault: { status: 429, body: "" }, code: "http_429", ...FAILED },
  {
    name: "rate_limit_exceeded",
    fault: { status: 429, body: refusal("rate_limit_exceeded") },
    code: "rate_limit_exceeded",
    ...FAILED,
  },
  ...[404, 500, 502, 503, 504].map((status) => ({
    name: `${status} in HTML`,
    fault: { status, ...html },
    code: `http_${status}`,
    ...FAILED,
  })),
  { name: "200 in HTML", fault: { status: 200, ...html }, code: "malformed", ...LOST },
  { name: "200 and nothing", fault: { status: 200, body: "" }, code: "malformed", ...LOST },
  { name: "200 without a token", fault: { status: 200, body: { open_id: "x" } }, code: "malformed", ...LOST },
  {
    name: "tokens of somebody else",
    fault: { status: 200, body: { access_token: "act.x", expires_in: 7200, open_id: "x", refresh_token: "rft.x" } },
    code: "malformed",
    ...LOST,
  },
  { name: "a connection cut before TikTok acts", fault: { drop: "before" }, code: "ECONNRESET", ...LOST },
  { name: "a timeout", fetch: timedOut, code: "TimeoutError", ...LOST },
  { name: "a refused connection", fetch: unsent, code: "ECONNREFUSED", ...FAILED },
];

/** TikTok saying that the refresh token is no good, in every form it has. */
export const grantRefusals: readonly { name: string; fault: Fault }[] = [
  ...[200, 400, 401, 500].map((status) => ({
    name: `invalid_grant under ${status}`,
    fault: { status, body: refusal("invalid_grant") },
  })),
  { name: "a nested invalid_grant", fault: { status: 200, body: { error: { code: "invalid_grant" } } } },
];

export const clientRefusals: readonly { code: string; fault: Fault }[] = ["invalid_client", "unauthorized_client"].map(
  (code) => ({ code, fault: { status: 401, body: refusal(code) } }),
);
