// IP addresses of clients: in one form, and how many of them count as one client.

import { isIP } from "node:net";

/** IPv4 addresses that arrive on a dual-stack socket, in their own form. */
export function plainAddress(address: string): string {
  return address.startsWith("::ffff:") && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}

/**
 * What counts as one client: an IPv4 address, or the network of 64 bits that an IPv6 client has.
 */
export function clientOf(remote: string): string {
  const address = plainAddress(remote);
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  const behind = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - behind.length);
  const all = [...groups, ...Array<string>(zeros).fill("0"), ...behind];
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, "").toLowerCase())
    .join(":")}::/64`;
}
