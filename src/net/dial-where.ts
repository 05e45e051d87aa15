// Connects to a host that others have named, at those of its addresses alone that may be connected
// to: the name is resolved first, and what is then dialled is an address, which no second answer
// of the DNS can exchange.

import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { CONNECT_TIMEOUT_MS } from "./bounds.ts";
import { DialError, type DialOptions, dialError, dialTcp } from "./dial.ts";
import type { TcpLink } from "./tcp-link.ts";

/** Addresses of a name that are tried, one after the other. */
const ADDRESSES_MAX = 2;

/** @throws DialError */
export async function dialWhere(
  mayReach: (ip: string) => boolean,
  host: string,
  port: number,
  options: DialOptions,
): Promise<TcpLink> {
  const found = isIP(host) === 0 ? await resolved(host, port, options) : [host];
  const fit = found.filter(mayReach).slice(0, ADDRESSES_MAX);
  let failure = new DialError("FORBIDDEN", `${host} is at ${found[0]}, which is not connected to`);
  for (const ip of fit) {
    try {
      return await dialTcp(ip, port, options);
    } catch (error) {
      if (!(error instanceof DialError)) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** The IP addresses of a name. @throws DialError when there is none within the time of a dial */
async function resolved(host: string, port: number, options: DialOptions): Promise<string[]> {
  const { clock, timeoutMs = CONNECT_TIMEOUT_MS } = options;
  const late = Promise.withResolvers<never>();
  const cancel = clock.after(timeoutMs, () => {
    late.reject(new DialError("TIMEOUT", `The name ${host} is not resolved in ${timeoutMs} ms`));
  });
  try {
    const found = await Promise.race([lookup(host, { all: true }), late.promise]);
    return found.map(({ address }) => address);
  } catch (error) {
    throw error instanceof DialError ? error : dialError(error, host, port);
  } finally {
    cancel();
  }
}
