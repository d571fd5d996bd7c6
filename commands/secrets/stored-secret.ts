import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import * as z from "zod/mini";
import { Secret } from "../../lib/config/secret.ts";
import { UsageProblem } from "../exit-code.ts";

/** The secret as it is stored: keys in base64. */
export type SecretJson = z.input<typeof Secret>;

export interface StoredSecret {
  readonly value: SecretJson;
  readonly versionId: string | undefined;
  readonly writtenAt: Date;
}

export interface SecretPlace {
  /** Undefined while there is no value yet. */
  read(): Promise<StoredSecret | undefined>;
  /** Refuses when somebody else has written since `basedOn` was read. */
  write(value: SecretJson, basedOn: StoredSecret | undefined): Promise<void>;
  create(value: SecretJson): Promise<void>;
}

export function secretPlace(secretId: string): SecretPlace {
  const client = new SecretsManagerClient({ requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000 } });

  async function read(): Promise<StoredSecret | undefined> {
    const answer = await client.send(new GetSecretValueCommand({ SecretId: secretId })).catch(missing);
    if (answer === undefined) return undefined;
    const value = checked(parseJson(answer.SecretString ?? ""), "What is stored is no valid secret");
    return { value, versionId: answer.VersionId, writtenAt: answer.CreatedDate ?? new Date(0) };
  }

  return {
    read,
    async write(value, basedOn) {
      const SecretString = JSON.stringify(checked(value, "This would make the secret invalid"));
      const now = await read();
      if (now?.versionId !== basedOn?.versionId)
        throw new UsageProblem("Somebody else has changed the secret meanwhile: nothing was written, run this again");
      const answer = await client.send(new PutSecretValueCommand({ SecretId: secretId, SecretString })).catch(missing);
      if (answer === undefined)
        throw new UsageProblem(`There is no secret ${secretId}: deploy first, or create it with init --create`);
    },
    async create(value) {
      const SecretString = JSON.stringify(checked(value, "This is no valid secret"));
      await client.send(new CreateSecretCommand({ Name: secretId, SecretString }));
    },
  };
}

/** The value itself when it is valid; else an error that names the fields, never what is in them. */
export function checked(value: unknown, complaint: string): SecretJson {
  if (isSecret(value)) return value;
  const { error } = Secret.safeParse(value);
  throw new UsageProblem(`${complaint}\n${error ? z.prettifyError(error) : ""}`);
}

const isSecret = (value: unknown): value is SecretJson => Secret.safeParse(value).success;

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the parser's own message would quote the secret
  }
}

function missing(error: unknown): undefined {
  if (error instanceof ResourceNotFoundException) return undefined;
  throw error;
}
