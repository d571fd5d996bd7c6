import { expect, test } from "vitest";
import { hmacSha256Hex } from "./signature.ts";

test.each([
  {
    name: "1",
    key: Buffer.alloc(20, 0x0b),
    message: "Hi There",
    mac: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
  },
  {
    name: "2",
    key: "Jefe",
    message: Buffer.from("what do ya want for nothing?"),
    mac: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  },
  {
    name: "6, a key longer than a block",
    key: Buffer.alloc(131, 0xaa),
    message: "Test Using Larger Than Block-Size Key - Hash Key First",
    mac: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  },
])("RFC 4231 case $name: signs to the published value", ({ key, message, mac }) => {
  expect(hmacSha256Hex(key, message)).toBe(mac);
});
