import { expect, test } from "vitest";
import { turns } from "./turns.ts";

test("as many work at a time as there are places, the others in the order they came", async () => {
  const inTurn = turns(2);
  const come: string[] = [];
  const gates = ["a", "b", "c", "d"].map((name) => ({ name, ...Promise.withResolvers<void>() }));
  const working = gates.map(({ name, promise }) =>
    inTurn(() => {
      come.push(name);
      return promise;
    }),
  );

  const atFirst = [...come];
  gates[1]?.resolve();
  await working[1];
  await Promise.resolve();
  const afterOne = [...come];
  for (const { resolve } of gates) resolve();
  await Promise.all(working);

  expect(atFirst).toEqual(["a", "b"]);
  expect(afterOne).toEqual(["a", "b", "c"]);
  expect(come).toEqual(["a", "b", "c", "d"]);
});

test("work that fails gives its place to the next", async () => {
  const inTurn = turns(1);
  const broken = inTurn(() => Promise.reject(new Error("broken")));

  const next = inTurn(async () => "done");

  await expect(broken).rejects.toThrow("broken");
  await expect(next).resolves.toBe("done");
});
