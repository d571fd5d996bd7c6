import type { TestProject } from "vitest/node";
import { type ReplicaSet, startReplicaSet } from "../../dev/mongo/replica-set.ts";

declare module "vitest" {
  export interface ProvidedContext {
    mongodbUri: string;
    mongodbOrigin: ReplicaSet["origin"];
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const replicaSet = await startReplicaSet({ say: console.log });
  project.provide("mongodbUri", replicaSet.uri);
  project.provide("mongodbOrigin", replicaSet.origin);
  return () => replicaSet.stop();
}
