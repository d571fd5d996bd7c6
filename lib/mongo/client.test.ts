import { expect, test } from "vitest";
import { databaseName } from "./client.ts";

test.each([
  ["mongodb://db.example/shop", "shop"],
  ["mongodb://app:p%2Fw@a.example:1,b.example:2/shop?replicaSet=rs0", "shop"],
  ["mongodb+srv://db.example/my%20shop?w=majority", "my shop"],
  ["mongodb://db.example", "app"],
  ["mongodb://db.example/", "app"],
  ["mongodb://db.example/?tlsCAFile=/etc/ca.pem", "app"],
  ["mongodb://db.example?tlsCAFile=/etc/ca.pem", "app"],
])("with %s the database is %s", (uri, name) => {
  expect(databaseName(uri)).toBe(name);
});
