// Flags that several commands share, and their parsers.

import { ANY_ADDRESSES } from "../net/listener.ts";
import { canonicalHost } from "../peer/connections/host-form.ts";
import { PORT_MAX, parsePeerUrl } from "../peer/connections/peer-address.ts";
import { outgoingTarget } from "../peer/operator/operator-targets.ts";
import { CommandError, EXIT } from "./failure.ts";

/** @throws Error naming the range */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= PORT_MAX) return port;
  throw new Error(`expected a port number from 0 to ${PORT_MAX}, found '${text}'`);
}

/**
 * A text that is not empty: that is what a variable of a shell leaves which has no value. The empty
 * address would be all of them, the empty folder the one that a command is run in.
 * @throws Error
 */
export function parseFilled(text: string): string {
  if (text.trim() !== "") return text;
  throw new Error("expected a value, found ''");
}

/** An address to listen on; one of IPv6 may come as in a URL. @throws Error */
function parseBind(text: string): string {
  return parseFilled(text)
    .trim()
    .replace(/^\[(.*)\]$/, "$1");
}

export const dataDirFlag = {
  kind: "parsed",
  parse: parseFilled,
  optional: true,
  placeholder: "DIR",
  brief: "Folder of store and keys (default: /var/lib/convex-peer for root, else in your home)",
} as const;

export const apiPortFlag = {
  kind: "parsed",
  parse: parsePort,
  default: "8080",
  placeholder: "N",
  brief: "Port of the HTTP API; 0 takes a free one",
} as const;

/** Where the API listens without HTTPS, and where plain HTTP listens beside it. */
export const LOOPBACK = "127.0.0.1";

export const apiBindFlag = {
  kind: "parsed",
  parse: parseBind,
  optional: true,
  placeholder: "ADDRESS",
  brief: `Address the API listens on (default: ${LOOPBACK}; with --domain or --cert, that of HTTPS: ::)`,
} as const;

/** Port that peers agree on (DEFAULT_PEER_PORT). */
export const PEER_PORT = 18_888;

export const portFlag = {
  kind: "parsed",
  parse: parsePort,
  optional: true,
  placeholder: "N",
  brief: `Port for other peers and binary clients (default: ${PEER_PORT}); 0 takes a free one`,
} as const;

export const peerPortFlag = {
  kind: "parsed",
  parse: parsePort,
  optional: true,
  hidden: true,
  placeholder: "N",
  brief: "The same as --port",
} as const;

/** The P2P port by either of its names. @throws CommandError when they contradict each other */
export function chosenPeerPort(flags: {
  readonly port?: number | undefined;
  readonly peerPort?: number | undefined;
}): number {
  const { port, peerPort } = flags;
  if (port !== undefined && peerPort !== undefined && port !== peerPort) {
    const found = `--port ${port} and --peer-port ${peerPort}`;
    throw new CommandError(EXIT.USAGE, `${found} name the same port: give one of them`);
  }
  return port ?? peerPort ?? PEER_PORT;
}

/** @param address where to listen when the flag is not given */
export function bindFlag(address: string) {
  return {
    kind: "parsed",
    parse: parseBind,
    default: address,
    placeholder: "ADDRESS",
    brief: "Address to listen on for other peers",
  } as const;
}

export const outgoingFlag = {
  kind: "parsed",
  parse: outgoingTarget,
  default: "20",
  placeholder: "N",
  brief: "Connections to open to other peers",
} as const;

export const urlFlag = {
  kind: "parsed",
  parse: parseUrl,
  optional: true,
  placeholder: "tcp://HOST:PORT",
  brief: "Address under which other peers reach this one; published by its controller",
} as const;

/** The URL as it is published. @throws CommandError when others could not use it */
export function parseUrl(text: string): string {
  // Peers would dial an API's address, and speak to it in vain.
  const isApi = /^(?:https?|wss?):/i.test(text);
  const address = isApi ? null : parsePeerUrl(text);
  if (address === null) {
    throw new CommandError(EXIT.USAGE, `A URL of a peer is tcp://HOST:PORT, found '${text}'`);
  }
  const host = canonicalHost(address.host);
  // A zone is the name of a network here, and means nothing elsewhere.
  if (host !== null && !host.includes("%") && !ANY_ADDRESSES.includes(host)) return text;
  const fix = "give the name or the address under which they know this machine";
  throw new CommandError(EXIT.USAGE, `Others can't reach a peer at '${address.host}': ${fix}`);
}

export const jsonFlag = {
  kind: "boolean",
  default: false,
  brief: "Print JSON, for scripts",
} as const;

export const passphraseFileFlag = {
  kind: "parsed",
  parse: parseFilled,
  optional: true,
  placeholder: "FILE",
  brief: "File whose first line is the passphrase of the key",
} as const;

/** The faucet, on or off by default. */
export function faucetFlag(isOn: boolean) {
  return {
    kind: "boolean",
    default: isOn,
    brief: "Let anybody create accounts and have coins (createAccount, faucet)",
  } as const;
}
