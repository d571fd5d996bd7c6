import { ObjectId } from "mongodb";
import mongoose, { type InferSchemaType, Schema, Types } from "mongoose";
import { afterAll, expect, inject, test } from "vitest";
import { linkedAs } from "./support/linked.ts";
import { person } from "./support/person.ts";
import { testStack } from "./support/stack.ts";

const socialAccountSchema = new Schema(
  {
    userId: { type: Schema.Types.ObjectId, ref: "User", required: true },
    platform: { type: String, enum: ["tiktok", "instagram"], required: true },
    platformAccountId: { type: String, required: true },
    accessToken: { type: String, required: true },
    refreshToken: { type: String, required: true },
    tokenExpiry: { type: Date, required: true },
    status: { type: String, enum: ["active", "needs_reauth", "revoked"] },
    scopes: [String],
    metadata: Schema.Types.Mixed,
  },
  { timestamps: true, strict: "throw" },
).index({ userId: 1, platform: 1, platformAccountId: 1 }, { unique: true });

const userSchema = new Schema({
  name: String,
  socialAccounts: [{ type: Schema.Types.ObjectId, ref: "SocialAccount" }],
});

const stack = await testStack();
const app = await mongoose
  .createConnection(inject("mongodbUri"), { dbName: stack.db.databaseName, autoIndex: false })
  .asPromise();
const SocialAccount = app.model("SocialAccount", socialAccountSchema);
const User = app.model("User", userSchema);

afterAll(() => app.close());

test("a Mongoose app populates a user's accounts from both sides", async () => {
  const ada = await person(stack);
  const { openId } = stack.tiktok.addAccount({ displayName: "Kitchen Notes" });
  const { accountId } = await linkedAs(ada, openId);

  const user = await User.findById(ada.userId.toHexString()).populate<{ socialAccounts: Account[] }>("socialAccounts");
  const account = await SocialAccount.findById(accountId).populate<{ userId: { name: string } }>("userId");

  expect(user?.socialAccounts).toHaveLength(1);
  expect(user?.socialAccounts[0]).toMatchObject({
    userId: new Types.ObjectId(ada.userId.toHexString()),
    platform: "tiktok",
    platformAccountId: openId,
    accessToken: expect.stringMatching(/^v1\./),
    refreshToken: expect.stringMatching(/^v1\./),
    tokenExpiry: expect.any(Date),
    status: "active",
    metadata: { displayName: "Kitchen Notes" },
  });
  expect(account?.userId.name).toBe("Ada");
});

test("what was linked is valid by the app's schema", async () => {
  const { accountId } = await linkedAs(await person(stack), stack.tiktok.addAccount().openId);

  const account = await SocialAccount.findById(accountId);

  expect(account?.validateSync()).toBeUndefined();
});

test("an account that the app saves keeps everything the schema does not name", async () => {
  const { accountId } = await linkedAs(await person(stack), stack.tiktok.addAccount().openId);
  const raw = () => stack.db.collection("socialaccounts").findOne({ platformAccountId: account?.platformAccountId });
  const account = await SocialAccount.findById(accountId);
  const before = await raw();

  await account?.set("metadata", { ...account.metadata, note: "main channel" }).save();

  expect(await raw()).toEqual({
    ...before,
    metadata: { ...before?.metadata, note: "main channel" },
    updatedAt: expect.any(Date),
  });
});

test("a user whom Mongoose created and saves again stays linked", async () => {
  const { _id } = await User.create({ name: "Grace" });
  const grace = await person(stack, new ObjectId(_id.toHexString()));
  const { accountId } = await linkedAs(grace, stack.tiktok.addAccount().openId);

  const user = await User.findById(_id).populate("socialAccounts");
  await user?.set("name", "Grace H.").save();

  const saved = await User.findById(_id).lean();
  expect(saved?.name).toBe("Grace H.");
  expect(saved?.socialAccounts.map(String)).toEqual([accountId]);
  expect((await grace.get("accounts", "/accounts")).body).toMatchObject({ accounts: [{ id: accountId }] });
});

type Account = InferSchemaType<typeof socialAccountSchema>;

test("a Mongoose app may create the flow's unique index itself", async () => {
  await linkedAs(await person(stack), stack.tiktok.addAccount().openId);

  await SocialAccount.createIndexes();

  const [existing] = await SocialAccount.find().lean();
  const { userId, platform, platformAccountId } = existing ?? {};
  const twice = { userId, platform, platformAccountId, accessToken: "a", refreshToken: "b", tokenExpiry: new Date() };
  await expect(SocialAccount.create(twice)).rejects.toMatchObject({ code: 11000 });
});
