/** Reads one secret's current value. The client is loaded when first used: it costs a cold start 100 ms. */
export async function fetchSecretText(secretId: string): Promise<string> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
  const client = new SecretsManagerClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 3_000 },
  });
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
  if (SecretString === undefined) throw new Error("The secret has no SecretString: store it as JSON text, not binary");
  return SecretString;
}
