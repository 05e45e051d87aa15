// Whether an address is the peer's own, as far as that can be told without dialling it.

import { networkInterfaces } from "node:os";
import { ANY_ADDRESSES } from "../../net/listener.ts";
import { canonicalHost } from "../../peer/connections/host-form.ts";
import { type PeerAddress, parsePeerUrl } from "../../peer/connections/peer-address.ts";

const NAME_OF_LOOPBACK = "localhost";
const LOOPBACK = /^(?:127\.|::1$)/;

/** What this machine may be reached at. */
function machineHosts(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return [NAME_OF_LOOPBACK, ...ANY_ADDRESSES, ...addresses.map(({ address }) => address)];
}

/**
 * @param listener where the peer listens
 * @param url where it says that others reach it, null when it does not
 */
export function isOwnAddress(
  { host, port }: PeerAddress,
  listener: PeerAddress,
  url: string | null,
): boolean {
  const wanted = canonicalHost(host);
  const isAt = (other: string) => wanted !== null && canonicalHost(other) === wanted;
  const published = url === null ? null : parsePeerUrl(url);
  if (published !== null && published.port === port && isAt(published.host)) return true;
  if (port !== listener.port) return false;
  if (ANY_ADDRESSES.includes(listener.host))
    return LOOPBACK.test(wanted ?? "") || machineHosts().some(isAt);
  return isAt(listener.host) || (LOOPBACK.test(listener.host) && isAt(NAME_OF_LOOPBACK));
}
