import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { person, told } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();

// the functions of the flow hold their secret before it is spoiled for the health function
beforeAll(async () => void (await (await person(stack)).connect({ cancel: true })));

// they wait for seconds, so they wait together
describe.concurrent("an answer that is long in coming", () => {
  test("a repeat that the first callback keeps waiting for 5 s is told that it is pending", async () => {
    const ada = await person(stack);
    const callback = await ada.consent({ account: stack.tiktok.addAccount().openId }, { returnTo: "/settings" });
    stack.tiktok.fault("token:authorization_code", { delayMs: 6_500 });
    const first = ada.comeBack(callback);
    await until(() => stack.tiktok.calls.some(({ endpoint }) => endpoint === "token:authorization_code"));

    const repeat = await ada.comeBack(callback);

    expect(repeat.pathname + repeat.search).toBe("/settings?tiktok=pending");
    expect(told(await first).tiktok).toBe("linked");
  });

  test("the service is not healthy when its database is nowhere", async () => {
    const ada = await person(stack);
    const healthy = stack.secret;
    const id = stack.environment.SECRET_ID ?? "";
    stack.aws.putSecret(id, { ...healthy, mongodbUri: "mongodb://127.0.0.1:9/app?replicaSet=rs0" });
    const reads = stack.aws.secretReads;

    const asking = ada.get("health", "/health");
    await until(() => stack.aws.secretReads > reads);
    stack.aws.putSecret(id, healthy);

    expect(await asking).toMatchObject({ statusCode: 503, body: { error: { code: "unavailable" } } });
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}
