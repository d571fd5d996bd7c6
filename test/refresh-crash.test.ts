import { afterAll, describe, expect, test } from "vitest";
import { startFakeAws } from "../dev/aws/fake-aws.ts";
import { crashPoints } from "./crash/points.ts";
import { crashRound } from "./crash/round.ts";
import { failPointLock } from "./support/fail-command.ts";
import { startWorker } from "./support/worker-process.ts";
import { tokenWorld } from "./support/world.ts";

const world = await tokenWorld();
const aws = await startFakeAws();
const rescues = aws.queue("rescues");
const worker = () => startWorker(world, { endpoint: aws.endpoint, url: rescues.url });
const brief = [
  "killed while TikTok's answer is on its way",
  "killed when TikTok has answered",
  "killed when the pair is stored",
];
const killing = crashPoints.filter(({ name }) => brief.includes(name));
const failing = crashPoints.filter(({ name }) => name.startsWith("database fails"));
const [survivor, ...victims] = await Promise.all([worker(), ...killing.map(worker)]);
afterAll(() => Promise.all([survivor, ...victims].map((each) => each.stop())));
afterAll(() => aws.stop());
failPointLock();

describe("after a refresh whose worker is stopped, the refresh token works or is named as in doubt and kept in use", () => {
  test.each(killing.map((point, index) => ({ ...point, victim: victims[index] ?? survivor })))(
    "$name",
    async ({ victim, ...point }) => {
      const { answer, violations } = await crashRound(world, victim, rescues, point);

      expect({ answer, violations }).toEqual({ answer: "killed", violations: [] });
    },
  );

  test.each(failing)("$name", async (point) => {
    const { violations, works } = await crashRound(world, survivor, rescues, point);

    expect({ works, violations }).toEqual({ works: true, violations: [] });
  });
});
