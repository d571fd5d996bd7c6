import { expect, test } from "vitest";
import { after } from "../clock.ts";
import { signatureProblem } from "./webhook-signature.ts";

// made with: printf '%s.%s' "$t" "$body" | openssl dgst -sha256 -hmac "$secret"
const signedAt = new Date(1_795_600_330_000);
const s = "d4076d2671591aa28c3e8c918c06d42ce26c9a0e3f251a6c5b925f5605338523";
const header = `t=1795600330,s=${s}`;
const body = Buffer.from(
  String.raw`{"client_key":"aw0inventedkey01","event":"authorization.removed","create_time":1795600321,"user_openid":"open-1","content":"{\"reason\": 1}"}`,
);
const secrets = { clientSecret: "invented-secret-0001" };
const hour = 3_600_000;

test("what TikTok's recipe signs is accepted", () => {
  expect(signatureProblem(header, body, secrets, signedAt)).toBeUndefined();
});

test("the signature is over bytes, whatever they are", () => {
  const bytes = Buffer.concat([Buffer.from('{"name":"Köchin '), Buffer.from([0xff]), Buffer.from('"}')]);
  const overBytes = "t=1795600330,s=fdcab76bcce893604d2af2f8f4508b6a36d62b5ba441380ca18cbcc32a7c7b59";

  expect(signatureProblem(overBytes, bytes, secrets, signedAt)).toBeUndefined();
  expect(signatureProblem(overBytes, Buffer.from(bytes.toString()), secrets, signedAt)).toBe("signature_invalid");
});

test("the secret before the current one is accepted, one before that is not", () => {
  const rotated = { clientSecret: "invented-secret-0002", previousClientSecret: "invented-secret-0001" };

  expect(signatureProblem(header, body, rotated, signedAt)).toBeUndefined();
  expect(signatureProblem(header, body, { clientSecret: "invented-secret-0002" }, signedAt)).toBe("signature_invalid");
});

test.each([
  ["in other order", `s=${s},t=1795600330`],
  ["with a space", `t=1795600330, s=${s}`],
  ["in capitals", `t=1795600330,s=${s.toUpperCase()}`],
  ["with something new", `t=1795600330,v=2,s=${s}`],
])("a signature written %s is accepted", (_, written) => {
  expect(signatureProblem(written, body, secrets, signedAt)).toBeUndefined();
});

test.each([
  ["no header", undefined, "signature_missing"],
  ["an empty header", "", "signature_missing"],
  ["no time", `s=${s}`, "signature_missing"],
  ["no signature", "t=1795600330", "signature_missing"],
  ["two signatures", `${header},s=${s}`, "signature_missing"],
  ["two times", `t=1,${header}`, "signature_missing"],
  ["a signature cut short", header.slice(0, -1), "signature_missing"],
  ["a time that is none", `t=1e9,s=${s}`, "signature_missing"],
  ["another time", `t=1795600331,s=${s}`, "signature_invalid"],
  ["the same time written otherwise", `t=01795600330,s=${s}`, "signature_invalid"],
  ["another signature", `t=1795600330,s=${"0".repeat(64)}`, "signature_invalid"],
])("%s is refused", (_, written, problem) => {
  expect(signatureProblem(written, body, secrets, signedAt)).toBe(problem);
});

test("a changed byte anywhere in the body is refused", () => {
  const accepted = [...body.keys()].filter((position) => {
    const changed = Buffer.from(body);
    changed[position] = (changed[position] ?? 0) ^ 1;
    return signatureProblem(header, changed, secrets, signedAt) === undefined;
  });

  expect(accepted).toEqual([]);
});

test.each([
  [71 * hour, undefined],
  [73 * hour, undefined],
  [73 * hour + 1000, "signed_too_long_ago"],
  [74 * hour, "signed_too_long_ago"],
  [-hour, undefined],
  [-2 * hour, "signed_in_future"],
])("%i ms after it was signed: %s", (age, problem) => {
  expect(signatureProblem(header, body, secrets, after(signedAt, age))).toBe(problem);
});
