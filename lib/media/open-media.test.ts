import { expect, test } from "vitest";
import { mediaServer } from "../../test/support/media-server.ts";
import { addressProblem } from "./media-address.ts";
import { mediaReader } from "./open-media.ts";
import { isPublicAddress, isPublicOrLoopback } from "./public-address.ts";

const bytes = Buffer.from("0123456789");
const media = await mediaServer({
  "/v.mp4": { bytes },
  "/whole.mp4": { bytes, ranges: false },
  "/moved": (_, response) => void response.writeHead(302, { location: "/v.mp4" }).end(),
  "/endless": (_, response) => void response.writeHead(302, { location: "/endless" }).end(),
  "/to-metadata": (_, response) => void response.writeHead(302, { location: "http://169.254.169.254/latest" }).end(),
  "/to-private": (_, response) => void response.writeHead(302, { location: "https://10.0.0.1/v.mp4" }).end(),
  "/to-nowhere": (_, response) => void response.writeHead(302, { location: "https://[nowhere" }).end(),
  "/sizeless": (_, response) => void response.writeHead(200).end("0123"),
  "/broken": (_, response) => void response.writeHead(503).end(),
});
const local = mediaReader(isPublicOrLoopback);

test.each([
  "10.1.2.3",
  "127.0.0.1",
  "169.254.169.254",
  "172.31.255.255",
  "192.168.1.1",
  "100.64.0.1",
  "0.0.0.0",
  "224.0.0.1",
  "255.255.255.255",
  "::1",
  "::",
  "fe80::1",
  "fd00:ec2::254",
  "::ffff:10.0.0.1",
  "::ffff:a00:1",
  "64:ff9b::a9fe:a9fe",
  "2002:a00:1::",
  "2001:db8::1",
  "no address",
])("%s is nowhere that media may be read from", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each(["93.184.216.34", "172.32.0.1", "2606:2800:220:1::1", "::ffff:93.184.216.34"])(
  "%s is on the public internet",
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.each([
  ["http://media.example.com/v.mp4", "https"],
  ["http://127.0.0.1/v.mp4", "https"],
  ["ftp://media.example.com/v.mp4", "https"],
  ["https://ada:secret@media.example.com/v.mp4", "password"],
  ["https://10.0.0.1/v.mp4", "private"],
  ["https://[::1]/v.mp4", "private"],
  ["https://2130706433/v.mp4", "private"],
  ["https://0x7f.1/v.mp4", "private"],
  ["nothing", "no web address"],
])("%s is refused before anything is resolved: %s", (url, reason) => {
  expect(addressProblem(url, isPublicAddress)).toContain(reason);
});

test("a name that leads into a private network is refused after it was resolved", async () => {
  const strict = mediaReader(isPublicAddress);

  await expect(strict("https://localhost/v.mp4", 0)).rejects.toMatchObject({ code: "media_address", isFinal: true });
});

test.each(["/to-metadata", "/to-private", "/to-nowhere"])(
  "a redirect is checked like the address itself: %s",
  async (path) => {
    await expect(local(media.origin + path, 0)).rejects.toMatchObject({ code: "media_address", isFinal: true });
  },
);

test.each([
  ["/endless", true],
  ["/sizeless", true],
  ["/nowhere", true],
  ["/broken", false],
])("%s is unreadable, for good: %s", async (path, isFinal) => {
  await expect(local(media.origin + path, 0)).rejects.toMatchObject({ code: "media_unreadable", isFinal });
});

test.each(["/v.mp4", "/whole.mp4", "/moved"])("%s is read from the byte that is asked for", async (path) => {
  const opened = await local(media.origin + path, 4);

  const parts = [];
  for await (const part of opened.body) parts.push(part);
  expect(Buffer.concat(parts).toString()).toBe("456789");
  expect(opened).toMatchObject({ size: 10, contentType: "video/mp4", etag: '"1"' });
});
