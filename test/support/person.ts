import { encode } from "@auth/core/jwt";
import { ObjectId } from "mongodb";
import type { Choice } from "../../dev/fake-tiktok/consent.ts";
import { httpEvent } from "../../dev/lambda/payload.ts";
import { expectProtected } from "./protected.ts";
import type { TestStack } from "./stack.ts";

const SESSION_COOKIE = "__Secure-authjs.session-token";

/** Somebody signed in to the app in one browser, which keeps its cookies. */
export interface Person {
  readonly userId: ObjectId;
  readonly cookies: Map<string, string>;
  /** Goes to the start of the flow and answers the redirect's target. */
  begin(query?: Record<string, string>, headers?: Record<string, string>): Promise<URL>;
  /** Decides at TikTok and answers the callback URL. */
  decide(authorizeUrl: URL, choice: Choice): Promise<URL>;
  /** Begins and decides: the callback URL as TikTok sends it. */
  consent(choice: Choice, query?: Record<string, string>): Promise<URL>;
  /** Opens a callback URL and answers where in the app the person ends. */
  comeBack(callbackUrl: URL): Promise<URL>;
  /** All of it in one go. */
  connect(choice: Choice, query?: Record<string, string>): Promise<URL>;
  signIn(userId: string): Promise<void>;
  signOut(): void;
  /** Navigates with the query as written. */
  open(name: string, path: string, query: string): Promise<URL>;
  get(name: string, path: string): Promise<{ statusCode: number; body: unknown }>;
}

export async function person(stack: TestStack, userId = new ObjectId()): Promise<Person> {
  await stack.db.collection("users").updateOne({ _id: userId }, { $setOnInsert: { name: "Ada" } }, { upsert: true });
  return browserOf(stack, userId, await sessionCookie(stack, userId.toHexString()));
}

/** A browser with this session cookie, or signed out. */
export function browserOf(stack: TestStack, userId: ObjectId, session?: string): Person {
  const cookies = new Map<string, string>();
  if (session !== undefined) cookies.set(SESSION_COOKIE, session);
  const carried = () => [...cookies].map(([name, value]) => `${name}=${value}`);

  async function navigate(name: string, path: string, query: string, headers: Record<string, string>): Promise<URL> {
    const response = await stack.http(name, httpEvent({ path, query, headers, cookies: carried() }));
    if (response.statusCode !== 302) throw new Error(`${path} answered ${response.statusCode} instead of a redirect`);
    expectProtected(response);
    for (const cookie of response.cookies ?? []) keep(cookie);
    const target = new URL(String(response.headers?.location));
    if (target.origin !== stack.environment.APP_ORIGIN && target.origin !== stack.tiktok.origin)
      throw new Error(`${path} leads to ${target.origin}`);
    return target;
  }

  function keep(setCookie: string): void {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(setCookie) ?? [];
    if (name === undefined || value === undefined) throw new Error("A cookie is set without a name");
    stack.keepSecret(value);
    cookies.set(name, value);
  }

  const browser: Person = {
    userId,
    cookies,
    async begin(query = {}, headers = {}) {
      const parameters = String(new URLSearchParams(query));
      const target = await navigate("authorize-redirect", "/tiktok/authorize", parameters, headers);
      stack.keepSecret(target.searchParams.get("state") ?? "");
      return target;
    },
    decide: (authorizeUrl, choice) => stack.tiktok.consent(authorizeUrl, choice),
    consent: async (choice, query) => browser.decide(await browser.begin(query), choice),
    comeBack: (callbackUrl) =>
      navigate("oauth-callback", "/tiktok/callback", callbackUrl.search.slice(1), { "sec-fetch-site": "cross-site" }),
    connect: async (choice, query) => browser.comeBack(await browser.consent(choice, query)),
    async signIn(id) {
      cookies.set(SESSION_COOKIE, await sessionCookie(stack, id));
    },
    signOut: () => cookies.delete(SESSION_COOKIE),
    open: (name, path, query) => navigate(name, path, query, {}),
    async get(name, path) {
      const response = await stack.http(name, httpEvent({ path, cookies: carried() }));
      expectProtected(response);
      return { statusCode: response.statusCode ?? 0, body: JSON.parse(response.body ?? "null") };
    },
  };
  return browser;
}

/** A session cookie's value as Auth.js itself mints it. */
export async function sessionCookie(stack: TestStack, userId: string): Promise<string> {
  const [secret = ""] = stack.secret.sessionSecrets;
  const value = await encode({ token: { sub: userId }, secret, salt: SESSION_COOKIE });
  stack.keepSecret(value);
  return value;
}

/** What the app's page is told. */
export const told = (back: URL): Record<string, string> => Object.fromEntries(back.searchParams);
