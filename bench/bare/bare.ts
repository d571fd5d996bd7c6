import { MongoClient } from "mongodb";

let connected: Promise<MongoClient> | undefined;

/** The least that any function here does: the secret through the real client, and the database's answer. */
export async function handler() {
  connected ??= connect();
  await (await connected).db("admin").command({ ping: 1 });
  return { statusCode: 200, body: "ok" };
}

async function connect(): Promise<MongoClient> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
  const { SecretString = "{}" } = await new SecretsManagerClient({}).send(
    new GetSecretValueCommand({ SecretId: process.env.SECRET_ID }),
  );
  return new MongoClient(JSON.parse(SecretString).mongodbUri).connect();
}
