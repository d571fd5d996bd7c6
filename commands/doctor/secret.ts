import type { Secret, SecretStore } from "../../lib/config/secret.ts";
import { describeError } from "../../lib/observability/describe-error.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

const CHECK = "secret";
const ENOUGH_CHARACTERS = 32;

/** Whether the secret can be read and is whole. */
export const secretFindings = (secrets: SecretStore, secretId: string): Promise<Finding[]> =>
  secrets.current().then(contents, (error: unknown) => [unreadable(error, secretId)]);

function contents({ tokenKeyring, sessionSecrets, mongodbUri }: Secret): Finding[] {
  const findings = [
    ok(CHECK, `Whole; token keys ${Object.keys(tokenKeyring.keys).join(", ")}, ${tokenKeyring.current} is current.`),
  ];
  if (sessionSecrets.some(({ length }) => length < ENOUGH_CHARACTERS))
    findings.push(
      warning(
        CHECK,
        `A session secret has fewer than ${ENOUGH_CHARACTERS} characters: whoever guesses it can be anybody.`,
        "make one with `openssl rand -base64 33`, for the app and here by npm run secrets -- put sessionSecrets",
      ),
    );
  if (mongodbUri.includes("tls=false") || mongodbUri.includes("ssl=false"))
    findings.push(
      warning(
        CHECK,
        "The connection string turns TLS off.",
        "take tls=false out, unless the database is on this machine",
      ),
    );
  return findings;
}

function unreadable(error: unknown, secretId: string): Finding {
  const { name, message } = describeError(error);
  if (message.startsWith("Invalid secret"))
    return problem(CHECK, message.split(/\s*✖\s*|\s*\n\s*/).join("; "), "npm run secrets -- put the field named");
  if (name === "ResourceNotFoundException")
    return problem(CHECK, `There is no value under ${secretId}.`, "npm run secrets -- init");
  if (name.startsWith("AccessDenied"))
    return problem(
      CHECK,
      `These credentials may not read ${secretId}.`,
      "allow secretsmanager:GetSecretValue and kms:Decrypt on its key, or sign in as somebody who may",
    );
  return problem(
    CHECK,
    `It could not be read: ${name}: ${message}`,
    "look at AWS_REGION, the credentials and the network",
  );
}
