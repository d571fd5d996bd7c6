import { ObjectId } from "mongodb";
import { expect, test } from "vitest";
import { idRanges } from "../lib/integrity/id-ranges.ts";
import { testStack } from "./support/stack.ts";

const stack = await testStack();

test.each([
  ["as many users as accounts", 7, 7],
  ["more accounts than users", 3, 20],
  ["more users than accounts", 20, 3],
  ["users only", 9, 0],
  ["accounts only", 0, 9],
  ["exactly full batches", 8, 8],
  ["nothing", 0, 0],
])("every user and every account is met once, whatever the batches: %s", async (_, userCount, accountCount) => {
  const { users, accounts } = await given(userCount, accountCount);

  const met = await walk();

  expect(met.users).toEqual(users);
  expect(met.accounts).toEqual(accounts);
});

test("going on after any range meets the rest and nothing else", async () => {
  const { users, accounts } = await given(13, 17);
  const ends: ObjectId[] = [];
  for await (const { through } of idRanges(stack.db, undefined, 4)) ends.push(through);

  expect(ends.length).toBeGreaterThan(4);
  for (const end of ends) {
    const after = (ids: string[]) => ids.filter((id) => id > end.toHexString());
    expect(await walk(end)).toEqual({ users: after(users), accounts: after(accounts) });
  }
});

async function given(userCount: number, accountCount: number) {
  const ids = (count: number, step: number) =>
    Array.from({ length: count }, (_, number) => new ObjectId(((number + 1) * step).toString(16).padStart(24, "0")));
  const [users, accounts] = [ids(userCount, 500), ids(accountCount, 300)];
  const { db } = stack;
  for (const name of ["users", "socialaccounts"]) await db.collection(name).deleteMany({});
  if (userCount > 0)
    await db.collection("users").insertMany(users.map((_id) => ({ _id, socialAccounts: [new ObjectId()] })));
  if (accountCount > 0)
    await db.collection("socialaccounts").insertMany(accounts.map((_id) => ({ _id, userId: new ObjectId() })));
  await db.collection("users").insertOne({ name: "without accounts" }); // met by nobody;
  return { users: users.map(String), accounts: accounts.map(String) };
}

async function walk(from?: ObjectId) {
  const met = { users: [] as string[], accounts: [] as string[] };
  for await (const { users, accounts } of idRanges(stack.db, from, 4)) {
    met.users.push(...users.map(({ _id }) => String(_id)));
    met.accounts.push(...accounts.map(({ _id }) => String(_id)));
  }
  return met;
}
