import { impatient } from "./aws-client.ts";

/** Reads one secret's current value. The client is loaded when first used: it costs a cold start 100 ms. */
export async function fetchSecretText(secretId: string, requestTimeoutMs?: number): Promise<string> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
  const client = new SecretsManagerClient(impatient(requestTimeoutMs));
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
  if (SecretString === undefined) throw new Error("The secret has no SecretString: store it as JSON text, not binary");
  return SecretString;
}
