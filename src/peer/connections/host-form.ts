// One spelling for each host, so that two of the same are found to be one.

import { isIP } from "node:net";

const NAME_LENGTH_MAX = 253;
/** Of the DNS, with the `_` of containers' names. */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** A last label that some programs take for an IPv4 address' number, and that no name ends with. */
const NUMBER = /^(?:\d+|0x[0-9a-f]*)$/;
/** An IPv4 address in IPv6, as the URL standard writes it. */
const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/**
 * The one spelling of a host: an IPv4 address in four decimal numbers, an IPv6 address as short as
 * it gets (its zone as it stands), a name in lower case without a dot at its end. Null for what can
 * be neither.
 */
export function canonicalHost(text: string): string | null {
  const host = text.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  const version = isIP(host);
  if (version === 4) return host;
  return version === 6 ? canonicalIpv6(host) : canonicalName(host);
}

function canonicalIpv6(host: string): string {
  const [address = "", zone] = host.split("%");
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const mapped = MAPPED.exec(short);
  if (mapped !== null) {
    const [high = 0, low = 0] = mapped.slice(1).map((digits) => Number.parseInt(digits, 16));
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
  }
  return zone === undefined ? short : `${short}%${zone}`;
}

function canonicalName(host: string): string | null {
  const name = host.replace(/\.$/, "");
  const labels = name.split(".");
  if (name.length > NAME_LENGTH_MAX || !labels.every((label) => LABEL.test(label))) return null;
  return isNumeric(name) ? null : name;
}

/** Whether a host that is no IPv4 address ends as one would: no name does. */
export function isNumeric(host: string): boolean {
  const labels = host.toLowerCase().replace(/\.$/, "").split(".");
  return labels.length > 1 && NUMBER.test(labels.at(-1) ?? "");
}
