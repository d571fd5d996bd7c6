import { BlockList, isIP } from "node:net";

/** Which addresses media may be read from. */
export type AllowAddress = (address: string) => boolean;

const RESERVED_V4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10", // carriers' own
  "127.0.0.0/8",
  "169.254.0.0/16", // link-local: the cloud's metadata
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3", // multicast, reserved, broadcast
];
// all that IANA has given out for hosts lies in 2000::/3; these parts of it lead back to IPv4 or nowhere
const TUNNELS_V6 = ["2001::/23", "2001:db8::/32", "2002::/16"];

const reserved = blockList("ipv4", RESERVED_V4);
const tunnels = blockList("ipv6", TUNNELS_V6);
const global6 = blockList("ipv6", ["2000::/3"]);
const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** An address on the public internet. An IPv6 address that stands for an IPv4 one counts as that. */
export const isPublicAddress: AllowAddress = (address) => {
  const [, v4] = mapped.exec(address) ?? [];
  if (v4 !== undefined) return isPublicAddress(v4);
  if (isIP(address) === 4) return !reserved.check(address, "ipv4");
  return isIP(address) === 6 && global6.check(address, "ipv6") && !tunnels.check(address, "ipv6");
};

const loopback = blockList("ipv4", ["127.0.0.1/32"]);

/** As above, and this machine itself: for where TikTok is played by this machine too. */
export const isPublicOrLoopback: AllowAddress = (address) =>
  isPublicAddress(address) || address === "::1" || (isIP(address) === 4 && loopback.check(address, "ipv4"));

function blockList(family: "ipv4" | "ipv6", subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = "", bits] = subnet.split("/");
    list.addSubnet(network, Number(bits), family);
  }
  return list;
}
