// Lists of IP addresses and networks that an operator names, e.g. `10.0.0.0/8, ::1`.

import { BlockList, isIP } from "node:net";
import { plainAddress } from "../../net/client-address.ts";

const BITS = { 4: 32, 6: 128 } as const;

/** An entry that is neither an address nor a network. */
export class AddressListError extends Error {}

/** An IPv6 address in brackets, or an IPv4 address before a colon: each may have a port. */
const WITH_PORT = /^\[([\da-fA-F:.]+)\](?::\d+)?$|^([\d.]+):\d+$/;

/** A hop of X-Forwarded-For without the port that some proxies write behind it. */
export function hopAddress(hop: string): string {
  const [, inBrackets, beforePort] = WITH_PORT.exec(hop) ?? [];
  return plainAddress(inBrackets ?? beforePort ?? hop);
}

/** 127.0.0.0/8 and ::1, also as IPv4 arrives on a dual-stack socket. */
export function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  return plain === "::1" || plain.startsWith("127.");
}

const family = (version: number) => (version === 4 ? "ipv4" : "ipv6");

export class AddressList {
  readonly #list = new BlockList();
  readonly isEmpty: boolean;

  /** @throws AddressListError */
  constructor(entries: readonly string[]) {
    this.isEmpty = entries.length === 0;
    for (const entry of entries) this.#add(entry.trim());
  }

  #add(entry: string): void {
    const [address = "", prefix, ...rest] = entry.split("/");
    const version = isIP(address);
    if ((version !== 4 && version !== 6) || rest.length > 0) {
      const expected = "expected an IP address or network, e.g. 10.0.0.0/8";
      throw new AddressListError(`${expected}; found '${entry}'`);
    }
    if (prefix === undefined) this.#list.addAddress(address, family(version));
    else {
      const bits = Number(prefix);
      if (!/^\d{1,3}$/.test(prefix) || bits > BITS[version]) {
        throw new AddressListError(`expected at most ${BITS[version]} bits in '${entry}'`);
      }
      this.#list.addSubnet(address, bits, family(version));
    }
  }

  has(address: string): boolean {
    if (this.isEmpty) return false;
    const plain = plainAddress(address);
    const version = isIP(plain);
    return version !== 0 && this.#list.check(plain, family(version));
  }
}
