import { expect, test } from "vitest";
import { parseEnv } from "./env.ts";

const REQUIRED = {
  SECRET_ID: "connect-tiktok",
  APP_ORIGIN: "https://app.example.com",
  API_ORIGIN: "https://app.example.com/api",
};

test("only where the secret, the app and the API are must be said", () => {
  expect(parseEnv(REQUIRED)).toEqual({
    ...REQUIRED,
    ALLOWED_ORIGINS: ["https://app.example.com"],
    TIKTOK_SCOPES: ["user.info.basic", "video.publish"],
    TIKTOK_REQUIRED_SCOPES: ["user.info.basic"],
    TIKTOK_PKCE: "off",
    TIKTOK_AUTHORIZE_URL: "https://www.tiktok.com/v2/auth/authorize/",
    TIKTOK_API_ORIGIN: "https://open.tiktokapis.com",
    ACCOUNT_OWNERSHIP: "shared",
    MAX_ACCOUNTS_PER_USER: 50,
    REFRESH_CONCURRENCY: 50,
    LOG_LEVEL: "INFO",
  });
});

test("an empty variable is an absent one", () => {
  const names = ["MONGODB_DB", "ALLOWED_ORIGINS", "TIKTOK_SCOPES", "MAX_ACCOUNTS_PER_USER", "RESCUE_QUEUE_URL"];

  expect(parseEnv({ ...REQUIRED, ...Object.fromEntries(names.map((name) => [name, ""])) })).toEqual(parseEnv(REQUIRED));
});

test.each(["ALLOWED_ORIGINS", "TIKTOK_SCOPES", "TIKTOK_REQUIRED_SCOPES", "SESSION_COOKIE_NAMES"] as const)(
  "a list of nothing in %s is an absent one",
  (name) => {
    expect(parseEnv({ ...REQUIRED, [name]: " , " })[name]).toEqual(parseEnv(REQUIRED)[name]);
  },
);

test("spaces in lists and slashes at ends do not matter", () => {
  const env = parseEnv({
    ...REQUIRED,
    APP_ORIGIN: "https://App.example.com/",
    API_ORIGIN: "https://api.example.com/v1//",
    ALLOWED_ORIGINS: " https://a.example/ ,, https://b.example",
  });

  expect(env).toMatchObject({
    APP_ORIGIN: "https://app.example.com",
    API_ORIGIN: "https://api.example.com/v1",
    ALLOWED_ORIGINS: ["https://a.example", "https://b.example"],
  });
});

test("every problem of an environment is told at once, in words", () => {
  const wrong = { ...REQUIRED, SECRET_ID: undefined, TIKTOK_PKCE: "plain", MAX_ACCOUNTS_PER_USER: "1001" };

  expect(() => parseEnv(wrong)).toThrow(
    /expected string[^✖]+at SECRET_ID[^✖]+✖ [^✖]*"off"\|"hex"\|"base64url"[^✖]+✖ [^✖]*<=1000/,
  );
});
