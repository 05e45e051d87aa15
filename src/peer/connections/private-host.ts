// Whether a host can only be meant for a machine nearby: what others have published must not make
// this peer connect to its own machine, its neighbours or a cloud's metadata service.

import { BlockList, isIP } from "node:net";
import { ANY_ADDRESSES } from "../../net/listener.ts";
import { canonicalHost } from "./host-form.ts";
import { parsePeerUrl } from "./peer-address.ts";

/** Not reachable from everywhere (IANA's special-purpose registries), as `network/bits`. */
const IPV4_NEAR = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/3",
];
/** With all that carry an IPv4 address by routes of this machine alone. */
const IPV6_NEAR = ["::/96", "64:ff9b:1::/48", "2002::/16", "fc00::/7", "fe80::/9", "ff00::/8"];

/** An IPv4 address behind a translator, as the URL standard writes it. */
const TRANSLATED = /^64:ff9b::([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

const NEAR = new BlockList();
for (const [networks, family] of [
  [IPV4_NEAR, "ipv4"],
  [IPV6_NEAR, "ipv6"],
] as const) {
  for (const network of networks) {
    const [address = "", bits] = network.split("/");
    NEAR.addSubnet(address, Number(bits), family);
  }
}

/**
 * Whether an address can only be meant for a machine nearby, in each of the forms that the system
 * takes: `127.1` and `0x7f.1` are 127.0.0.1. Of other names only `localhost` is known to be.
 */
export function isPrivateHost(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  if (name === "localhost" || name.endsWith(".localhost")) return true;
  const address = ipv4Of(name) ?? canonicalHost(name)?.split("%")[0] ?? name;
  const plain = translated(address);
  const version = isIP(plain);
  return version !== 0 && NEAR.check(plain, version === 4 ? "ipv4" : "ipv6");
}

/**
 * Whether a peer is meant for machines nearby, by the address that it listens at and the one that
 * it publishes: then so are those that others publish.
 */
export function isForNeighbours(bind: string, url: string | null): boolean {
  const published = url === null ? null : parsePeerUrl(url);
  if (published !== null && isPrivateHost(published.host)) return true;
  return !ANY_ADDRESSES.includes(bind) && isPrivateHost(bind);
}

function translated(address: string): string {
  const match = TRANSLATED.exec(address);
  if (match === null) return address;
  const [high = 0, low = 0] = match.slice(1).map((digits) => Number.parseInt(digits, 16));
  return quad(high * 2 ** 16 + low);
}

function quad(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}

/**
 * The IPv4 address that the system makes of one to four numbers, decimal, octal or hexadecimal, of
 * which the last one fills what is left (`inet_aton`); null when it makes none.
 */
function ipv4Of(text: string): string | null {
  const parts = text.split(".");
  if (parts.length > 4) return null;
  let number = 0;
  for (const [i, part] of parts.entries()) {
    const value = numberOf(part);
    const bytes = i === parts.length - 1 ? 4 - i : 1;
    if (value === null || value >= 256 ** bytes) return null;
    number += value * 256 ** (i === parts.length - 1 ? 0 : 3 - i);
  }
  return quad(number);
}

function numberOf(text: string): number | null {
  if (/^0x[0-9a-f]*$/.test(text)) return text === "0x" ? 0 : Number(text);
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  return /^\d+$/.test(text) ? Number(text) : null;
}
