// Where peers are reached: the `:url` in their metadata (sheet 04 §10), hosts that the operator
// names, and what range of addresses a host lies in.

import type { Value } from "../../data/cell.ts";
import { Keyword } from "../../data/keyword.ts";
import { CVMString } from "../../data/string.ts";
import { placeOf } from "../../net/dial.ts";
import { isHostFailure } from "../../state/host-error.ts";
import type { PeerStatus } from "../../state/peer-status.ts";

export const DEFAULT_PEER_PORT = 18_888;
export const PORT_MAX = 65_535;
const HOST_LENGTH_MAX = 255;
const URL_BYTES_MAX = 512;
const URL = Keyword.of("url");
const HOST = /^[A-Za-z0-9._-]+$/;
const IPV6 = /^[0-9A-Fa-f:.]+(%[A-Za-z0-9._-]+)?$/;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

export interface PeerAddress {
  /** A name or IP address, without brackets. */
  readonly host: string;
  readonly port: number;
}

/** A host as it was written: the port is null where none was. */
export interface NamedHost {
  readonly host: string;
  readonly port: number | null;
}

const URI = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#]*)/;

/**
 * The address in a `:url`: a URI, or host and port; null when it is neither. Whoever wrote it harms
 * nobody but himself.
 */
export function parsePeerUrl(text: string): PeerAddress | null {
  return URI.test(text) ? parseNamedHost(text) : withPort(parseHostAndPort(text), null);
}

/** A host that the operator names, the port optional; null when it is none. */
export function parseNamedHost(text: string): PeerAddress | null {
  return withPort(readNamedHost(text), DEFAULT_PEER_PORT);
}

/** As `parseNamedHost`, and whether the port was given. */
export function readNamedHost(text: string): NamedHost | null {
  if (!text.includes("://")) return parseAuthority(text.trim());
  const uri = URI.exec(text);
  return uri === null ? null : parseAuthority((uri[1] as string).replace(/^.*@/, ""));
}

function withPort(named: NamedHost | null, defaultPort: number | null): PeerAddress | null {
  const port = named?.port ?? defaultPort;
  return named === null || port === null ? null : { host: named.host, port };
}

function parseAuthority(text: string): NamedHost | null {
  const isBareIpv6 = text.indexOf(":") !== text.lastIndexOf(":") && IPV6.test(text);
  return isBareIpv6 ? namedHost(text, undefined) : parseHostAndPort(text);
}

/** An IPv6 address that stands bare ends with a port here. */
function parseHostAndPort(text: string): NamedHost | null {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(text);
  if (bracketed !== null) return namedHost(bracketed[1] as string, bracketed[2]);
  const colon = text.lastIndexOf(":");
  if (colon < 0) return namedHost(text, undefined);
  return namedHost(text.slice(0, colon), text.slice(colon + 1));
}

function namedHost(host: string, portText: string | undefined): NamedHost | null {
  if (portText !== undefined && !/^\d{1,5}$/.test(portText)) return null;
  const port = portText === undefined ? null : Number(portText);
  if (port !== null && (port < 1 || port > PORT_MAX)) return null;
  if (host.length > HOST_LENGTH_MAX) return null;
  return HOST.test(host) || (host.includes(":") && IPV6.test(host)) ? { host, port } : null;
}

/** The address that a peer has published, null when there is none that can be used. */
export function publishedAddress(status: PeerStatus): PeerAddress | null {
  const url = publishedUrl(status);
  return url === null ? null : parsePeerUrl(url);
}

/** The `:url` of a peer as it stands, null when it has none or one that is absurdly long. */
export function publishedUrl(status: PeerStatus): string | null {
  const url = metadataAt(status, URL);
  return url instanceof CVMString && url.count <= URL_BYTES_MAX ? url.toString() : null;
}

/** Whoever controls a peer may set a hand-made map, which is not what it says. */
function metadataAt({ metadata }: PeerStatus, key: Keyword): Value {
  try {
    return metadata?.get(key) ?? null;
  } catch (error) {
    if (isHostFailure(error)) return null;
    throw error;
  }
}

/** As an operator writes it. */
export function addressText({ host, port }: PeerAddress): string {
  return placeOf(host, port);
}

/** What addresses under one hand often have in common: /16 of IPv4, /32 of IPv6, the domain. */
export function addressRange(host: string): string {
  if (IPV4.test(host)) return host.split(".").slice(0, 2).join(".");
  if (host.includes(":")) return host.toLowerCase().split(":").slice(0, 2).join(":");
  return host.toLowerCase().split(".").slice(-2).join(".");
}
