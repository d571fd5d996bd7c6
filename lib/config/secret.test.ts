import { expect, test } from "vitest";
import { Secret } from "./secret.ts";

const KEY = Buffer.alloc(32, 7).toString("base64");
const secret = {
  mongodbUri: "mongodb://db.example/shop",
  tiktok: { clientKey: "key", clientSecret: "secret" },
  tokenKeyring: { current: "k1", keys: { k1: KEY } },
  sessionSecrets: ["newest"],
};

test.each([undefined, null, ""])("no previous client secret may be written as %j", (previousClientSecret) => {
  const { tiktok } = Secret.parse({ ...secret, tiktok: { ...secret.tiktok, previousClientSecret } });

  expect(tiktok.previousClientSecret).toBeUndefined();
});

test.each([
  ["a key of another length", { tokenKeyring: { current: "k1", keys: { k1: KEY.slice(4) } } }],
  ["a current key that is not there", { tokenKeyring: { current: "k2", keys: { k1: KEY } } }],
  ["no session secret", { sessionSecrets: [] }],
  ["no connection string", { mongodbUri: "db.example" }],
])("%s is refused", (_, change) => {
  expect(Secret.safeParse({ ...secret, ...change }).success).toBe(false);
});
