import { expect, test } from "vitest";
import { Secret, secretStore } from "./secret.ts";

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

test("a secret that cannot be fetched again serves on, and is asked for once in a while only", async () => {
  let now = 0;
  const answers = [JSON.stringify(secret)];
  let fetches = 0;
  const fetchText = async () => {
    fetches += 1;
    return answers.shift() ?? Promise.reject(new Error("no answer"));
  };
  const store = secretStore(fetchText, () => new Date(now));
  const at = async (second: number) => {
    now = second * 1000;
    await store.current();
    return fetches;
  };

  const fetchesBy = [await at(0), await at(299), await at(300), await at(301), await at(329), await at(331)];
  now = 1_200_000;
  const tooOld = store.current();

  expect(fetchesBy).toEqual([1, 1, 2, 2, 2, 3]);
  await expect(tooOld).rejects.toThrow("no answer");
});

test("what is wrong with a secret is told in words, its values are not", async () => {
  const wrong = { ...secret, tiktok: { clientKey: "a-client-key", clientSecret: 3 } };
  const store = secretStore(
    async () => JSON.stringify(wrong),
    () => new Date(0),
  );

  const error = await store.current().catch(String);

  expect(error).toMatch(/expected string, received number[^✖]+at tiktok\.clientSecret/);
  expect(error).not.toMatch(/a-client-key|db\.example/);
});
