import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Clock } from "../../lib/clock.ts";
import { AwsRefusal, type Service } from "./protocol.ts";

interface Version {
  readonly id: string;
  readonly value: string;
  readonly createdAt: Date;
  stages: readonly string[];
}

const Reading = z.object({
  SecretId: z.string(),
  VersionId: z.string().optional(),
  VersionStage: z.string().optional(),
});
const Creating = z.object({
  Name: z.string(),
  SecretString: z.string().optional(),
  ClientRequestToken: z.string().optional(),
});
const Putting = z.object({
  SecretId: z.string(),
  SecretString: z.string(),
  ClientRequestToken: z.string().optional(),
  VersionStages: z.array(z.string()).default(["AWSCURRENT"]),
});

export interface SecretsManager {
  readonly service: Service;
  put(name: string, value: string): void;
  readonly reads: number;
}

export function secretsManager(clock: Clock): SecretsManager {
  const secrets = new Map<string, Version[]>();
  let reads = 0;

  function add(name: string, value: string, stages: readonly string[], id: string = randomUUID()) {
    const versions = secrets.get(name) ?? [];
    const formerlyCurrent = versions.find((version) => version.stages.includes("AWSCURRENT"));
    for (const version of versions) version.stages = version.stages.filter((stage) => !stages.includes(stage));
    if (formerlyCurrent && stages.includes("AWSCURRENT")) {
      for (const version of versions) version.stages = version.stages.filter((stage) => stage !== "AWSPREVIOUS");
      formerlyCurrent.stages = [...formerlyCurrent.stages, "AWSPREVIOUS"];
    }
    secrets.set(name, [...versions, { id, value, stages, createdAt: clock() }]);
    return { ARN: arn(name), Name: name, VersionId: id, VersionStages: stages };
  }

  function versionsOf(id: string): readonly [name: string, versions: Version[]] {
    const name = id.startsWith("arn:") ? (id.split(":").at(-1) ?? "").replace(/-fake00$/, "") : id;
    const versions = secrets.get(name);
    if (!versions)
      throw new AwsRefusal("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    return [name, versions];
  }

  return {
    put: (name, value) => void add(name, value, ["AWSCURRENT"]),
    get reads() {
      return reads;
    },
    service: {
      CreateSecret(input) {
        const { Name, SecretString, ClientRequestToken } = Creating.parse(input);
        if (secrets.has(Name))
          throw new AwsRefusal("ResourceExistsException", `A secret named ${Name} already exists.`);
        if (SecretString !== undefined) return add(Name, SecretString, ["AWSCURRENT"], ClientRequestToken);
        secrets.set(Name, []); // as CloudFormation makes it, to be given a value later
        return { ARN: arn(Name), Name };
      },
      PutSecretValue(input) {
        const { SecretId, SecretString, VersionStages, ClientRequestToken } = Putting.parse(input);
        return add(versionsOf(SecretId)[0], SecretString, VersionStages, ClientRequestToken);
      },
      GetSecretValue(input) {
        reads += 1;
        const { SecretId, VersionId, VersionStage = "AWSCURRENT" } = Reading.parse(input);
        const [name, versions] = versionsOf(SecretId);
        const version = versions.find(({ id, stages }) =>
          VersionId ? id === VersionId : stages.includes(VersionStage),
        );
        if (!version)
          throw new AwsRefusal(
            "ResourceNotFoundException",
            `Secrets Manager can't find the specified secret value for staging label: ${VersionStage}`,
          );
        return {
          ARN: arn(name),
          Name: name,
          VersionId: version.id,
          VersionStages: version.stages,
          SecretString: version.value,
          CreatedDate: version.createdAt.getTime() / 1000,
        };
      },
      DescribeSecret(input) {
        const [name, versions] = versionsOf(Reading.parse(input).SecretId);
        const staged = versions.filter(({ stages }) => stages.length > 0);
        return {
          ARN: arn(name),
          Name: name,
          VersionIdsToStages: Object.fromEntries(staged.map(({ id, stages }) => [id, stages])),
        };
      },
    },
  };
}

const arn = (name: string): string => `arn:aws:secretsmanager:eu-central-1:000000000000:secret:${name}-fake00`;
