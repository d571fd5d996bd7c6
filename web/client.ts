import { FAILURES, type FailureCode, isFailureCode } from "../lib/connect/outcome-codes.ts";

export interface Account {
  readonly id: string;
  readonly platform: "tiktok";
  readonly platformAccountId: string;
  readonly status: "active" | "needs_reauth" | "revoked";
  readonly statusReason: string | null;
  readonly displayName: string | null;
  readonly username: string | null;
  /** Stops working after a day or two: have something to show in its place. */
  readonly avatarUrl: string | null;
  readonly scopes: readonly string[];
  /** Dates are ISO 8601. */
  readonly tokenExpiry: string | null;
  readonly connectedAt: string | null;
  readonly lastUsedAt: string | null;
}

/** How a connection ended, with a text to show for it. */
export type ConnectResult =
  | {
      readonly kind: "linked";
      readonly accountId: string;
      /** The account that was to be reconnected, when the person chose another one. */
      readonly expectedId?: string;
      readonly message: string;
    }
  | { readonly kind: "failed"; readonly code: FailureCode; readonly message: string }
  | { readonly kind: "pending"; readonly message: string };

export interface ApiOptions {
  /** Where the API lives on this origin. */
  readonly api?: string;
  readonly fetch?: typeof fetch;
}

export interface ConnectOptions extends Pick<ApiOptions, "api"> {
  /** A path of the app to come back to; by default the page that the person is on. */
  readonly returnTo?: string;
  /** The account to reconnect. */
  readonly reconnect?: string;
}

/** The request was refused or got no answer. Its message may be shown. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** The API's code, or `unreachable` when there was no answer of the API's. */
  readonly code: string;
  /** Quote it to support. */
  readonly requestId: string | undefined;

  constructor(code: string, message: string, requestId?: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.requestId = requestId;
  }
}

const API = "/api";
const RESULT_PARAMETERS = ["tiktok", "code", "account", "expected"];

/** The address to navigate to (a link, not a fetch) so that the person connects an account. */
export function connectUrl({ api = API, returnTo = currentPath(), reconnect }: ConnectOptions = {}): string {
  const query = new URLSearchParams({ returnTo, ...(reconnect !== undefined && { reconnect }) });
  return `${api}/tiktok/authorize?${query}`;
}

/** The signed-in person's accounts. Throws ApiError, `unauthenticated` when nobody is signed in. */
export async function listAccounts(options: ApiOptions = {}): Promise<readonly Account[]> {
  const response = await request("GET", "/accounts", options);
  const { accounts }: { accounts: readonly Account[] } = await response.json();
  return accounts;
}

/** Disconnects an account here and at TikTok. Throws ApiError, `not_found` when it is gone already. */
export async function disconnect(accountId: string, options: ApiOptions = {}): Promise<void> {
  await request("DELETE", `/accounts/${encodeURIComponent(accountId)}`, options);
}

/** What the page's address says about a connection that was just tried; undefined when nothing. */
export function readResult({ search }: { readonly search: string }): ConnectResult | undefined {
  const query = new URLSearchParams(search);
  const accountId = query.get("account");
  switch (query.get("tiktok")) {
    case "linked": {
      if (accountId === null) return undefined;
      const expectedId = query.get("expected");
      if (expectedId === null) return { kind: "linked", accountId, message: "Your TikTok account is connected." };
      return { kind: "linked", accountId, expectedId, message: OTHER_ACCOUNT };
    }
    case "error": {
      const given = query.get("code") ?? "";
      const code = isFailureCode(given) ? given : "internal";
      return { kind: "failed", code, message: FAILURES[code].message };
    }
    case "pending":
      return {
        kind: "pending",
        message: "TikTok has answered and the connection is being saved. It appears in a moment.",
      };
    default:
      return undefined;
  }
}

/** The address without the result, for `history.replaceState`: a reload should not tell it again. */
export function withoutResult({ pathname, search, hash }: Pick<URL, "pathname" | "search" | "hash">): string {
  const query = new URLSearchParams(search);
  if (query.has("tiktok")) for (const name of RESULT_PARAMETERS) query.delete(name);
  return `${pathname}${query.size > 0 ? `?${query}` : ""}${hash}`;
}

const OTHER_ACCOUNT =
  "You chose another TikTok account than the one to reconnect. It is connected too; press Reconnect again for the first one.";

const currentPath = () => ("location" in globalThis ? withoutResult(globalThis.location) : "/");

/** Asks the API; anything but success is thrown as ApiError. */
export async function request(
  method: string,
  path: string,
  { api = API, fetch = globalThis.fetch }: ApiOptions,
  body?: object,
): Promise<Response> {
  const headers = { accept: "application/json", ...(body && { "content-type": "application/json" }) };
  const response = await fetch(`${api}${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new ApiError("unreachable", UNREACHABLE, undefined, { cause });
  });
  if (response.ok) return response;
  const { error } = await response.json().catch(() => ({}));
  throw new ApiError(error?.code ?? "unreachable", error?.message ?? UNREACHABLE, error?.requestId);
}

const UNREACHABLE = "The server is not answering. Check your connection and try again.";
